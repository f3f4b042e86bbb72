#include "net/curl_loop.h"

#include <unistd.h>

#include <chrono>

namespace runbook::net {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

CurlLoop::CurlLoop(const Loop& loop) : loop_(loop), multi_(curl_multi_init()), timer_(loop) {
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlLoop::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlLoop::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
}

CurlLoop::~CurlLoop() {
  curl_multi_cleanup(multi_);
  for (auto& [socket, watch] : watches_) watch->descriptor.release();
}

void CurlLoop::start(CurlTransfer& transfer) {
  curl_easy_setopt(transfer.easy, CURLOPT_PRIVATE, &transfer);
  curl_easy_setopt(transfer.easy, CURLOPT_CLOSESOCKETFUNCTION, &CurlLoop::on_close);
  curl_easy_setopt(transfer.easy, CURLOPT_CLOSESOCKETDATA, this);
  curl_multi_add_handle(multi_, transfer.easy);
  act(CURL_SOCKET_TIMEOUT, 0);
}

void CurlLoop::drop(CurlTransfer& transfer) {
  curl_multi_remove_handle(multi_, transfer.easy);
  transfer.done = true;
}

int CurlLoop::on_socket(CURL* /*easy*/, curl_socket_t socket, int wanted, void* self, void* /*watch*/) {
  static_cast<CurlLoop*>(self)->watch(socket, wanted);
  return 0;
}

int CurlLoop::on_timer(CURLM* /*multi*/, long milliseconds, void* self) {
  auto& curl = *static_cast<CurlLoop*>(self);
  curl.timer_.cancel();
  if (milliseconds < 0) return 0;
  curl.timer_.expires_after(std::chrono::milliseconds(milliseconds));
  curl.timer_.async_wait([weak = curl.weak_from_this()](const boost::system::error_code& error) {
    const auto alive = weak.lock();
    if (!error && alive) alive->act(CURL_SOCKET_TIMEOUT, 0);
  });
  return 0;
}

int CurlLoop::on_close(void* self, curl_socket_t socket) {
  auto& watches = static_cast<CurlLoop*>(self)->watches_;
  if (const auto found = watches.find(socket); found != watches.end()) {
    found->second->wanted = 0;
    found->second->descriptor.release();
    watches.erase(found);
  }
  return close(socket);
}

void CurlLoop::watch(curl_socket_t socket, int wanted) {
  auto found = watches_.find(socket);
  if (wanted == CURL_POLL_REMOVE) {
    if (found != watches_.end()) found->second->wanted = 0;
    return;
  }
  if (found == watches_.end()) {
    found = watches_.emplace(socket, std::make_shared<Watch>(loop_)).first;
    found->second->descriptor.assign(socket);
  }
  found->second->wanted = wanted;
  arm(socket, found->second);
}

void CurlLoop::arm(curl_socket_t socket, const std::shared_ptr<Watch>& watch) {
  const auto wait = [&](Descriptor::wait_type kind, bool Watch::*waiting, int ready) {
    if ((watch->wanted & ready) == 0 || (*watch).*waiting) return;
    (*watch).*waiting = true;
    watch->descriptor.async_wait(
        kind, [weak = weak_from_this(), watch, waiting, socket, ready](const boost::system::error_code& error) {
          (*watch).*waiting = false;
          const auto alive = weak.lock();
          if (error || !alive || (watch->wanted & ready) == 0) return;
          alive->act(socket, ready);
          if (watch->wanted != 0) alive->arm(socket, watch);
        });
  };
  static_assert(CURL_POLL_IN == CURL_CSELECT_IN && CURL_POLL_OUT == CURL_CSELECT_OUT);
  wait(Descriptor::wait_read, &Watch::reading, CURL_POLL_IN);
  wait(Descriptor::wait_write, &Watch::writing, CURL_POLL_OUT);
}

void CurlLoop::act(curl_socket_t socket, int ready) {
  int running = 0;
  curl_multi_socket_action(multi_, socket, ready, &running);
  settle_done();
}

void CurlLoop::settle_done() {
  int left = 0;
  while (const auto* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CurlTransfer* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    transfer->code = message->data.result;
    transfer->done = true;
    curl_multi_remove_handle(multi_, message->easy_handle);
    transfer->settled.cancel();
  }
}

}  // namespace runbook::net
