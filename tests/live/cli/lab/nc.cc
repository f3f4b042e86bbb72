// nc -z -w SECONDS HOST PORT, for images of the tests: whether a connection can be opened. Debian's busybox has no -z.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const int channel = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[argc - 1])));
  if (inet_pton(AF_INET, argv[argc - 2], &address.sin_addr) != 1) return 1;
  if (connect(channel, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return 0;
  std::perror("nc");
  return 1;
}
