// A small HTTP service that the tests run in containers: one static program, configured by its environment alone.
//
//   PORT=8080           where it listens, on all addresses
//   VERSION=1           what GET /version answers
//   UNHEALTHY=redis,…   the components that GET /health says are down; then it answers 503
//   READY_AFTER=2       seconds until GET /health stops answering 503 with "starting"
//   SLOW=250            milliseconds that every answer takes
//   NEEDS=API_KEY,…     variables without which it says so and ends at once with code 1
//   DB_HOST=address:port  where its database listens; while nobody does, GET /health says that it is down
//   API_KEY=…           what X-Api-Key must say for POST /hooks/ID, which otherwise is 401
//   GET /eat/MIB        takes that much memory and keeps it
//   GET /env/NAME       the value of NAME; 404 when it is not set. How a test sees that a flag has arrived.
//   GET /socket         opens a WebSocket and closes it at once: "client connected", "client disconnected"
//   GET /break-sockets  from then on it opens none, and answers 503
//   GET /say/TEXT       writes TEXT to standard error, %20 for a blank, as an error in the log would be
//
// Each request but /say and an opened WebSocket is a line on standard output: "GET /health 200". It ends with code 0 on
// SIGTERM and 3 on GET /crash.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <sstream>
#include <string>
#include <vector>

namespace {

std::string setting(const char* name, const char* otherwise) {
  const char* found = std::getenv(name);
  return found == nullptr ? otherwise : found;
}

/// Whether every variable is there that the service needs; says which is not.
bool has_what_it_needs() {
  std::istringstream names(setting("NEEDS", ""));
  for (std::string name; std::getline(names, name, ',');) {
    if (std::getenv(name.c_str()) != nullptr) continue;
    std::fprintf(stderr, "config: the environment variable %s must be set\n", name.c_str());
    return false;
  }
  return true;
}

void eat(const std::string& mib) {
  static std::vector<std::vector<char>> eaten;
  eaten.emplace_back(static_cast<std::size_t>(std::atoi(mib.c_str())) << 20U, 'x');
}

struct Answer {
  int status;
  std::string body;
};

/// Whether somebody listens at DB_HOST, "address:port", where that is set.
bool has_its_database() {
  const auto place = setting("DB_HOST", "");
  const auto colon = place.find(':');
  if (colon == std::string::npos) return true;
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(place.c_str() + colon + 1)));
  inet_pton(AF_INET, place.substr(0, colon).c_str(), &to.sin_addr);
  const int out = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool there = connect(out, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  close(out);
  if (!there) std::fprintf(stderr, "failed to connect to database: dial tcp %s: connection refused\n", place.c_str());
  return there;
}

Answer health(std::time_t started) {
  if (std::time(nullptr) - started < std::atoi(setting("READY_AFTER", "0").c_str()))
    return {503, R"({"status":"starting"})"};
  const auto down = "," + setting("UNHEALTHY", "") + (has_its_database() ? "," : ",database,");
  std::string components;
  for (const std::string name : {"database", "redis", "search"}) {
    const bool up = down.find("," + name + ",") == std::string::npos;
    components += (components.empty() ? "\"" : ",\"") + name + R"(":{"status":")" + (up ? "up" : "down") + "\"}";
  }
  const bool well = down == ",,";
  return {well ? 200 : 503,
          std::string(R"({"status":")") + (well ? "up" : "down") + R"(","components":{)" + components + "}}"};
}

Answer hook(const std::string& request) {
  const auto key = "\r\nX-Api-Key: " + setting("API_KEY", "") + "\r\n";
  return request.find(key) == std::string::npos ? Answer{401, "invalid api key"} : Answer{200, "taken"};
}

bool sockets_are_broken = false;

/// The answer that opens a WebSocket (RFC 6455, 4.2.2), to a request that asks for one.
std::string handshake(const std::string& request) {
  const std::string name = "\r\nSec-WebSocket-Key: ";
  const auto from = request.find(name);
  if (sockets_are_broken || from == std::string::npos ||
      request.find("\r\nUpgrade: websocket\r\n") == std::string::npos)
    return {};
  const auto begin = from + name.size();
  const auto key = request.substr(begin, request.find("\r\n", begin) - begin) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest);
  unsigned char accept[64];
  EVP_EncodeBlock(accept, digest, sizeof digest);
  return std::string(
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
             "Upgrade\r\nSec-WebSocket-Accept: ") +
         reinterpret_cast<const char*>(accept) + "\r\n\r\n";
}

Answer answer_to(const std::string& path, std::time_t started) {
  if (path == "/health") return health(started);
  if (path == "/version") return {200, setting("VERSION", "unknown")};
  if (path == "/") return {200, "hello"};
  if (path == "/socket") return sockets_are_broken ? Answer{503, "no sockets"} : Answer{426, "ask for a websocket"};
  if (path == "/break-sockets") {
    sockets_are_broken = true;
    return {200, "broken"};
  }
  if (path == "/crash") std::_Exit(3);
  if (path.rfind("/say/", 0) == 0) {
    auto text = path.substr(5);
    for (auto at = text.find("%20"); at != std::string::npos; at = text.find("%20")) text.replace(at, 3, " ");
    std::fprintf(stderr, "%s\n", text.c_str());
    return {200, "said"};
  }
  if (path.rfind("/eat/", 0) == 0) {
    eat(path.substr(5));
    return {200, "eaten"};
  }
  if (path.rfind("/env/", 0) == 0 && std::getenv(path.substr(5).c_str()) != nullptr)
    return {200, setting(path.substr(5).c_str(), "")};
  return {404, "no such thing"};
}

void serve(int client, std::time_t started) {
  std::string request;
  char piece[1024];
  while (request.find("\r\n\r\n") == std::string::npos && request.size() < 8192) {
    const auto got = read(client, piece, sizeof piece);
    if (got <= 0) return;
    request.append(piece, static_cast<std::size_t>(got));
  }
  const auto method = request.substr(0, request.find(' '));
  const auto from = method.size() + 1;
  const auto path = request.substr(from, request.find(' ', from) - from);
  const auto opened = path == "/socket" ? handshake(request) : "";
  if (!opened.empty()) {
    std::printf("client connected\n");
    if (write(client, opened.data(), opened.size()) < 0) std::perror("write");
    std::printf("client disconnected\n");
    return;
  }
  usleep(static_cast<useconds_t>(std::atoi(setting("SLOW", "0").c_str())) * 1000);
  const auto answer = path.rfind("/hooks/", 0) == 0 ? hook(request) : answer_to(path, started);
  if (path.rfind("/say/", 0) != 0) std::printf("%s %s %d\n", method.c_str(), path.c_str(), answer.status);
  const auto reply = "HTTP/1.1 " + std::to_string(answer.status) +
                     " As Asked\r\nConnection: close\r\nContent-Length: " + std::to_string(answer.body.size()) +
                     "\r\n\r\n" + (method == "HEAD" ? "" : answer.body);
  if (write(client, reply.data(), reply.size()) < 0) std::perror("write");
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  std::signal(SIGTERM, [](int) { std::_Exit(0); });
  std::signal(SIGPIPE, SIG_IGN);
  if (!has_what_it_needs()) return 1;
  const auto started = std::time(nullptr);
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  const int yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(setting("PORT", "8080").c_str())));
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(listener, 64) != 0) {
    std::perror("cannot listen");
    return 1;
  }
  std::printf("listening on %s\n", setting("PORT", "8080").c_str());
  for (;;) {
    const int client = accept(listener, nullptr, nullptr);
    if (client < 0) continue;
    serve(client, started);
    close(client);
  }
}
