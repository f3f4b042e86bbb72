#include "primitive/reach.h"

#include "net/redis_shared.h"

namespace runbook::primitive {

namespace {

template <class T>
Result<T> at(const safety::Target& target, Result<T> result) {
  if (result || !result.error().where.empty()) return result;
  auto error = std::move(result).error();
  error.where = target.name;
  return error;
}

}  // namespace

Reach::Reach(Loop loop, Secrets secrets, const guard::RedisGuard& redis_guard)
    : loop_(std::move(loop)), secrets_(std::move(secrets)), redis_guard_(redis_guard) {}

Reach::~Reach() = default;

Result<net::RedisOptions> Reach::options_of(const safety::Target& target) const {
  if (target.url.empty()) return Error{Code::kConfig, "the target has no url"};
  RUNBOOK_TRY(address, net::parse_redis_url(target.url));
  net::RedisOptions options{.address = std::move(address), .ca_file = target.ca_file};
  if (!target.user.empty()) options.address.user = target.user;
  if (!target.password_secret.empty()) {
    RUNBOOK_TRY(password, secrets_(target.password_secret));
    options.password = std::move(password);
  }
  return options;
}

Task<Result<std::shared_ptr<net::RedisConnection>>> Reach::redis(const safety::Target& target) {
  auto& shared = redis_[target.name];
  if (!shared) {
    auto options = at(target, options_of(target));
    if (!options) co_return options.error();
    shared = std::make_shared<net::SharedRedis>(loop_, [this, options = *options] {
      return net::RedisConnection::connect(loop_, options, redis_guard_, trust_);
    });
  }
  co_return at(target, co_await shared->get());
}

Task<Result<std::shared_ptr<net::RedisConnection>>> Reach::open_redis(const safety::Target& target) {
  auto options = at(target, options_of(target));
  if (!options) co_return options.error();
  co_return at(target, co_await net::RedisConnection::connect(loop_, *options, redis_guard_, trust_));
}

void Reach::forget_failures() {
  std::erase_if(redis_, [](const auto& entry) { return !entry.second || entry.second->failed(); });
}

}  // namespace runbook::primitive
