// libcurl's transfers, driven by the engine's loop: it says which sockets it waits for and until when, and is told when
// one is ready. Internal to net/.
//
// libcurl opens and closes the sockets; a descriptor is lent to Asio when libcurl first wants it watched, and taken
// back right before libcurl closes it: between two requests a kept connection stays registered. No callback of libcurl
// calls into it: what a callback learns is acted on after.
#pragma once

#include <curl/curl.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>

#include "base/task.h"

namespace runbook::net {

/// A transfer that runs, or ran.
struct CurlTransfer {
  explicit CurlTransfer(const Loop& loop) : settled(loop) {}
  CURL* easy = nullptr;
  boost::asio::steady_timer settled;  // cancelled when it is done
  bool done = false;
  CURLcode code = CURLE_OK;
};

class CurlLoop : public std::enable_shared_from_this<CurlLoop> {
 public:
  explicit CurlLoop(const Loop& loop);
  ~CurlLoop();
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;

  /// Begins it at once: what can be sent without waiting was sent when this returns.
  void start(CurlTransfer& transfer);
  /// Ends it, wherever it stands.
  void drop(CurlTransfer& transfer);

 private:
  struct Watch {
    explicit Watch(const Loop& loop) : descriptor(loop) {}
    boost::asio::posix::stream_descriptor descriptor;
    int wanted = 0;
    bool reading = false;
    bool writing = false;
  };

  static int on_socket(CURL* easy, curl_socket_t socket, int wanted, void* self, void* watch);
  static int on_timer(CURLM* multi, long milliseconds, void* self);
  static int on_close(void* self, curl_socket_t socket);
  void watch(curl_socket_t socket, int wanted);
  void arm(curl_socket_t socket, const std::shared_ptr<Watch>& watch);
  void act(curl_socket_t socket, int ready);
  void settle_done();

  Loop loop_;
  CURLM* multi_;
  boost::asio::steady_timer timer_;
  std::map<curl_socket_t, std::shared_ptr<Watch>> watches_;
};

}  // namespace runbook::net
