// The floor of scripts/bench http: the same GETs by libcurl's own loop and nothing around it. Prints milliseconds.
// Usage: bench-http-loop URL COUNT AT-ONCE
#include <curl/curl.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

std::size_t take(char* /*bytes*/, std::size_t one, std::size_t size, void* taken) {
  *static_cast<std::size_t*>(taken) += one * size;
  return one * size;
}

CURL* new_transfer(const char* url, std::size_t* taken) {
  CURL* easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, taken);
  return easy;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  int left = std::atoi(argv[2]);
  int done = 0;
  std::size_t taken = 0;
  curl_global_init(CURL_GLOBAL_DEFAULT);
  const auto begin = std::chrono::steady_clock::now();
  CURLM* multi = curl_multi_init();
  std::vector<CURL*> transfers;
  for (int at_once = std::atoi(argv[3]); at_once > 0 && left > 0; --at_once, --left) {
    transfers.push_back(new_transfer(argv[1], &taken));
    curl_multi_add_handle(multi, transfers.back());
  }
  for (int running = 1; running > 0;) {
    curl_multi_perform(multi, &running);
    int queued = 0;
    while (const auto* message = curl_multi_info_read(multi, &queued)) {
      CURL* easy = message->easy_handle;
      done += message->data.result == CURLE_OK ? 1 : 0;
      curl_multi_remove_handle(multi, easy);
      if (left <= 0) continue;
      --left;
      curl_multi_add_handle(multi, easy);
      running = 1;
    }
    if (running > 0) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
  }
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  for (auto* easy : transfers) curl_easy_cleanup(easy);
  curl_multi_cleanup(multi);
  std::printf("%.3f\n", took.count());
  return done == std::atoi(argv[2]) && taken > 0 ? 0 : 1;
}
