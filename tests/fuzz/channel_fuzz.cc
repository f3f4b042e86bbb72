// The decoder of the channel against a worker that sends anything. What it accepts must encode to something it
// decodes to the same.
#include <cstdlib>

#include "base/value.h"
#include "channel/codec.h"
#include "driver.h"

using namespace runbook;

namespace {

void decode(std::string_view input) {
  channel::Decoder decoder(channel::kFromWorker);
  const auto half = input.size() / 2;
  decoder.feed(input.substr(0, half));
  auto message = decoder.next();
  decoder.feed(input.substr(half));
  if (message && !*message) message = decoder.next();
  if (!message || !*message) return;
  const auto frame = channel::encode(**message, channel::kToWorker);
  if (!frame) std::abort();
  channel::Decoder again(channel::kToWorker);
  again.feed(*frame);
  const auto same = again.next();
  if (!same || !*same || !(**same == **message)) std::abort();
}

std::string frame(channel::Type type, Value body) {
  auto encoded = channel::encode({.type = type, .id = 3, .body = std::move(body)}, channel::kFromWorker);
  return encoded ? std::move(*encoded) : std::string();
}

}  // namespace

int main(int argc, char** argv) {
  Value call;
  call["row"] = "redis.info";
  call["target"]["$target"] = "cache-1";
  call["args"]["section"] = "memory";
  Value done;
  done["list"] =
      Value::List{Value(1), Value(-70000), Value(1.5), Value(true), Value(), Value(std::string("\xff\x00", 2))};
  done["text"] = std::string(300, 'x');
  return fuzz::fuzz_main(
      argc, argv,
      {frame(channel::Type::kCall, call), frame(channel::Type::kDone, done), frame(channel::Type::kPrint, Value())},
      decode);
}
