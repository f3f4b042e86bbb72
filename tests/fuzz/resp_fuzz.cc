// The reply parser and the guard's parser on damaged bytes. The reply parser must give the same replies whatever the
// pieces; what the guard lets out without a permit must be whole commands in their one form.
#include "driver.h"
#include "guard/redis.h"
#include "net/resp.h"

namespace {

using namespace runbook;
using net::Reply;

void print(const Reply& reply, std::string& out) {
  out += std::to_string(static_cast<int>(reply.kind)) + ' ' + std::to_string(reply.integer) + ' ' +
         std::to_string(reply.real) + reply.text;
  for (const auto& item : reply.items) print(item, out);
}

std::string parse(std::string_view bytes, std::size_t piece) {
  net::ReplyParser parser({.bytes = 4096, .line = 256, .elements = 512, .depth = 8});
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    parser.feed(bytes.substr(at, piece));
    for (;;) {
      auto reply = parser.next();
      if (!reply) return out + " error " + std::string(name_of(reply.error().code));
      if (!*reply) break;
      print(**reply, out);
    }
  }
  return out;
}

void check_guard(std::string_view bytes) {
  if (!guard::RedisGuard().look(bytes, nullptr)) return;
  net::ReplyParser parser;
  parser.feed(bytes);
  std::string again;
  while (again.size() < bytes.size()) {
    auto reply = parser.next();
    if (!reply || !*reply || (*reply)->kind != Reply::Kind::kArray) std::abort();
    std::vector<std::string> argv;
    for (const auto& word : (*reply)->items) argv.push_back(word.text);
    again += net::encode_command(argv);
  }
  if (again != bytes) std::abort();
}

void run(std::string_view bytes) {
  const auto whole = parse(bytes, bytes.size() + 1);
  if (parse(bytes, 1) != whole || parse(bytes, 7) != whole) std::abort();
  check_guard(bytes);
}

const std::vector<std::string> kCorpus = {
    "+OK\r\n:-42\r\n-ERR unknown\r\n",
    "*3\r\n:1\r\n*2\r\n$1\r\na\r\n*0\r\n$-1\r\n",
    "%2\r\n+a\r\n,1.5\r\n+b\r\n#t\r\n~2\r\n_\r\n(123456789012345678901234567890\r\n",
    "|1\r\n+ttl\r\n:3600\r\n=7\r\ntxt:abc\r\n!5\r\nERR x\r\n>1\r\n+push\r\n",
    "*1\r\n$4\r\nPING\r\n*3\r\n$6\r\nCONFIG\r\n$3\r\nGET\r\n$9\r\nmaxmemory\r\n",
    "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*7\r\n$5\r\nHELLO\r\n$1\r\n3\r\n$4\r\nAUTH\r\n$1\r\nu\r\n$1\r\np\r\n$"
    "7\r\nSETNAME\r\n$1\r\nn\r\n",
    "*1000000000\r\n$1000000000\r\n",
};

}  // namespace

int main(int argc, char** argv) { return runbook::fuzz::fuzz_main(argc, argv, kCorpus, run); }
