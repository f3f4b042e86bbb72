#include "safety/anchor.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "catch.h"
#include "support/temp_dir.h"

using namespace runbook;
using namespace runbook::safety;

namespace {

Note note_of(std::uint64_t n) {
  return {.log = "key", .n = n, .hash = "h" + std::to_string(n), .run = "r", .time = "2026-11-20T23:31:00.000Z"};
}

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// A log daemon that takes nothing off its socket until it is asked to.
class Daemon {
 public:
  explicit Daemon(const std::string& path) : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(path.begin(), path.end(), address.sun_path);
    REQUIRE(bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  ~Daemon() { close(socket_); }

  [[nodiscard]] std::string take() const {
    std::string message(4096, '\0');
    const auto length = recv(socket_, message.data(), message.size(), 0);
    message.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
    return message;
  }

 private:
  int socket_;
};

}  // namespace

TEST_CASE("each note is a line more in a file, and read back as it was") {
  const test::TempDir folder;
  const auto path = folder.path() / "notes";
  const auto anchors = Anchors::from({"file:" + path.string()}).value();
  for (std::uint64_t n = 1; n <= 20; ++n) CHECK(anchors.keep(note_of(n)).empty());
  const auto notes = notes_in(text_of(path));
  REQUIRE(notes.size() == 20);
  CHECK(notes.back().line() == note_of(20).line());
}

TEST_CASE("every place is tried, and each that fails is named") {
  const test::TempDir folder;
  const auto good = "file:" + (folder.path() / "notes").string();
  const auto nowhere = "file:" + (folder.path() / "nowhere" / "notes").string();
  const auto no_repository = "git:" + (folder.path() / "nothing").string();
  const auto nobody = "syslog:" + (folder.path() / "nobody").string();
  const auto too_long = "syslog:/" + std::string(200, 'x');
  const auto errors = Anchors::from({nowhere, no_repository, good, nobody, too_long}).value().keep(note_of(1));
  REQUIRE(errors.size() == 4);
  CHECK(errors[0].where == nowhere);
  CHECK(errors[1].where == no_repository);
  CHECK(errors[2].where == nobody);
  CHECK(errors[3].message == "the path of the socket is too long");
  CHECK(notes_in(text_of(folder.path() / "notes")).size() == 1);
}

TEST_CASE("a daemon that has stopped reading costs two seconds, and its thread hurts nobody when it goes on") {
  const test::TempDir folder;
  const auto path = (folder.path() / "log").string();
  const Daemon daemon(path);
  const auto anchors = Anchors::from({"syslog:" + path}).value();
  std::uint64_t n = 0;
  std::vector<Error> errors;
  while (errors.empty()) {
    REQUIRE(n < 10'000);  // what the kernel keeps for a daemon is bounded
    errors = anchors.keep(note_of(++n));
  }
  CHECK(errors.front().message == "no answer within 2 s");
  for (std::uint64_t taken = 1; taken <= n; ++taken) {
    const auto notes = notes_in(daemon.take());
    REQUIRE(notes.size() == 1);
    CHECK(notes.front().n == taken);
  }
}

TEST_CASE("what is no note is passed over, and what is no place is refused") {
  const auto text =
      "Nov 20 23:31:00 host runbook: " + note_of(7).line() + "\n{\n{\"n\": 0}\nnothing\n{\"log\":\"key\"}\n";
  const auto notes = notes_in(text);
  REQUIRE(notes.size() == 1);
  CHECK(notes.front().n == 7);
  for (const auto* place : {"", "file", "file:", "file:relative", "git:", "http://x", "syslog:relative"}) {
    const auto refused = Anchors::from({place});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::kConfig);
  }
}
