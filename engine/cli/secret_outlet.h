// The last net: while it stands, what goes to a stream passes the net for declared secrets on its way out.
//
// Answers of targets come in clean and records are kept clean; this is for all the rest that is printed: what a
// playbook prints, the text of a file, evidence and records of a time when a secret was not declared yet. What may be
// the beginning of a secret waits for what follows it, also when the stream is flushed, and comes out with the outlet's
// end.
#pragma once

#include <ostream>
#include <streambuf>
#include <string>

#include "base/redaction/secret_net.h"

namespace runbook::cli {

class SecretOutlet final : public std::streambuf {
 public:
  /// Stream and net must outlive it.
  SecretOutlet(std::ostream& stream, const SecretNet& secrets)
      : stream_(stream), behind_(stream.rdbuf(this)), passing_(secrets) {}
  ~SecretOutlet() override {
    write(passing_.finish());
    stream_.rdbuf(behind_);
    stream_.flush();
  }
  SecretOutlet(const SecretOutlet&) = delete;
  SecretOutlet& operator=(const SecretOutlet&) = delete;

 private:
  bool write(const std::string& text) {
    const auto size = static_cast<std::streamsize>(text.size());
    return behind_->sputn(text.data(), size) == size;
  }
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    return write(passing_.feed({text, static_cast<std::size_t>(size)})) ? size : 0;
  }
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    const char one = traits_type::to_char_type(c);
    return write(passing_.feed({&one, 1})) ? c : traits_type::eof();
  }
  int sync() override { return behind_->pubsync(); }

  std::ostream& stream_;
  std::streambuf* behind_;
  SecretNet::Stream passing_;
};

}  // namespace runbook::cli
