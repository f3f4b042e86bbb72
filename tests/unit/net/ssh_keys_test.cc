#include "catch.h"
#include "net/ssh_agent.h"
#include "net/ssh_key_file.h"
#include "net/ssh_system.h"
#include "net/ssh_text.h"

using namespace runbook::net;
using runbook::Code;

namespace {

std::string identities(std::uint32_t count, const std::string& keys) {
  return std::string(1, '\x0c') + ssh_number(count) + keys;
}

}  // namespace

TEST_CASE("a key file tells its type and its public half, also when it is encrypted") {
  const auto key = parse_key_file(
      "-----BEGIN OPENSSH PRIVATE "
      "KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZWQyNTUx\n"
      "OQAAACBsq1sWYNuYd/YGbUcnOVZ8oEVJ+iZnpDYmUS6RJYCjMQ==\n-----END OPENSSH PRIVATE KEY-----\n");
  REQUIRE(key);
  CHECK(key->type == "ssh-ed25519");
  CHECK(key->public_key.size() == 51);
  CHECK_FALSE(key->encrypted);
  const auto rsa = parse_key_file(
      "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n");
  CHECK(rsa->type == "ssh-rsa");
  CHECK(rsa->encrypted);
}

TEST_CASE("what is no private key is said to be none") {
  for (const auto* text :
       {"", "ssh-ed25519 AAAA me", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----\n"
        "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAABAAAAAA=\n-----END OPENSSH PRIVATE KEY-----",
        "-----END X----- -----BEGIN OPENSSH PRIVATE KEY-----"})
    CHECK(parse_key_file(text).error().code == Code::kProtocol);
}

TEST_CASE("an agent's keys come in its order, and a count that lies is an error") {
  const auto two = ssh_text("one") + ssh_text("c") + ssh_text("two") + ssh_text("");
  CHECK(parse_agent_identities(identities(2, two)).value() == std::vector<std::string>{"one", "two"});
  CHECK(parse_agent_identities(identities(0, "")).value().empty());
  CHECK(parse_agent_identities(identities(3, two)).error().code == Code::kProtocol);
  CHECK(parse_agent_identities(identities(0xffffffffU, two)).error().code == Code::kProtocol);
  CHECK(parse_agent_identities("").error().code == Code::kProtocol);
}

TEST_CASE("a signature comes without its type, and a refusal is one") {
  const auto whole = std::string(1, '\x0e') + ssh_text(ssh_text("ssh-ed25519") + ssh_text("bytes"));
  CHECK(parse_agent_signature(whole).value() == "bytes");
  CHECK(parse_agent_signature(std::string(1, '\x05')).error().code == Code::kDenied);
  CHECK(parse_agent_signature(whole.substr(0, whole.size() - 1)).error().code == Code::kProtocol);
}

TEST_CASE("what ssh says of a connection that did not come about is told by its cause") {
  CHECK(ssh_failure("Host key verification failed.\r\n", {.name = "h"}).code == Code::kNotFound);
  CHECK(ssh_failure("@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.\n",
                    {.name = "h"})
            .code == Code::kRefused);
  CHECK(ssh_failure("ops@h: Permission denied (publickey).", {.name = "h"}).code == Code::kAuth);
  CHECK(ssh_failure("ssh: connect to host h port 22: Connection refused", {.name = "h"}).code == Code::kUnreachable);
  CHECK(ssh_failure("ssh: connect to host h port 22: Connection timed out", {.name = "h"}).code == Code::kTimeout);
  CHECK(ssh_failure("", {.name = "h"}).code == Code::kUnreachable);
  CHECK(ssh_failure("Bad packet length 1349676916.", {.name = "h"}).code == Code::kProtocol);
}
