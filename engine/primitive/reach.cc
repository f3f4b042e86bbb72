#include "primitive/reach.h"

#include <algorithm>
#include <filesystem>

#include "base/postgres_url.h"
#include "base/ssh_url.h"
#include "base/text.h"
#include "base/url.h"
#include "net/http_retry.h"
#include "net/once.h"
#include "net/redis_shared.h"
#include "net/ssh.h"
#include "net/turns.h"
#include "net/wait.h"
#include "safety/container_url.h"

namespace runbook::primitive {

namespace {

constexpr auto kLogIn = std::chrono::seconds(10);
constexpr std::chrono::milliseconds kSettle = std::chrono::seconds(3);
constexpr std::chrono::milliseconds kSettleStep(10);

template <class T>
Result<T> at(const safety::Target& target, Result<T> result) {
  if (result || !result.error().where.empty()) return result;
  auto error = std::move(result).error();
  error.where = target.name;
  return error;
}

// Whoever can read it is root on the engine's host.
Result<void> check_key_file(const std::string& path) {
  if (path.empty()) return {};
  using std::filesystem::perms;
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (error || !std::filesystem::is_regular_file(status))
    return Error{.code = Code::kConfig, .message = "there is no key file " + escaped(path, 200)};
  if ((status.permissions() & (perms::group_all | perms::others_all)) == perms::none) return {};
  return Error{.code = Code::kConfig,
               .message = "the key file " + escaped(path, 200) + " may be read or written by others",
               .next = "chmod 600 " + escaped(path, 200)};
}

}  // namespace

Result<net::SshAddress> ssh_address_of(const safety::Target& target) {
  auto url = at(target, parse_ssh_url(target.url));
  if (!url) return url.error();
  return net::SshAddress{
      .name = url->name, .user = url->user, .port = url->port, .config_file = target.ssh_config, .target = target.name};
}

Reach::Reach(Loop loop, Secrets secrets, Guards& guards)
    : loop_(std::move(loop)),
      secrets_(std::move(secrets)),
      guards_(guards),
      logins_(std::make_unique<net::Turns>(loop_, net::kLoginsAtOnce)) {
  net::forget_postgres_environment();
}

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
      return net::RedisConnection::connect(loop_, options, guards_.redis, trust_);
    });
  }
  co_return at(target, co_await shared->get());
}

Task<Result<std::shared_ptr<net::RedisConnection>>> Reach::open_redis(const safety::Target& target) {
  auto options = at(target, options_of(target));
  if (!options) co_return options.error();
  co_return at(target, co_await net::RedisConnection::connect(loop_, *options, guards_.redis, trust_));
}

Result<net::PostgresOptions> Reach::options_of(const safety::Target& target, const std::string& role,
                                               const std::string& password_secret) const {
  RUNBOOK_TRY(address, parse_postgres_url(target.url));
  RUNBOOK_CHECK(check_key_file(target.key_file));
  RUNBOOK_CHECK(check_key_file(target.pass_file));
  net::PostgresOptions options{.address = std::move(address),
                               .pass_file = target.pass_file,
                               .verified = target.tls != "off",
                               .ca_file = target.ca_file,
                               .cert_file = target.cert_file,
                               .key_file = target.key_file};
  if (!role.empty()) options.address.user = role;
  if (!password_secret.empty()) {
    RUNBOOK_TRY(password, secrets_(password_secret));
    options.password = std::move(password);
  }
  return options;
}

Task<Result<std::shared_ptr<net::PostgresConnection>>> Reach::look_into_postgres(safety::Target target) {
  RUNBOOK_CO_TRY(options, options_of(target, target.user, target.password_secret));
  auto connection = co_await net::PostgresConnection::connect(loop_, options, guards_.postgres);
  if (connection || connection.error().code != Code::kLimit || target.rescue_user.empty()) co_return connection;
  RUNBOOK_CO_TRY(rescue, options_of(target, target.rescue_user, target.rescue_password_secret));
  co_return co_await net::PostgresConnection::connect(loop_, rescue, guards_.postgres);
}

Task<Result<std::shared_ptr<net::PostgresConnection>>> Reach::postgres(const safety::Target& target) {
  using Connection = std::shared_ptr<net::PostgresConnection>;
  auto& known = postgres_[target.name];
  // One answer that was too large broke the connection, and nothing else is wrong with the server.
  const auto* before = known && known->outcome() && *known->outcome() ? &***known->outcome() : nullptr;
  if (before != nullptr && before->broken() && before->failure()->code == Code::kLimit) known = nullptr;
  if (!known) known = std::make_shared<PostgresLogin>(loop_, [this, target] { return look_into_postgres(target); });
  const auto login = known;
  auto connection = at(target, co_await login->get());
  if (connection && (*connection)->broken()) co_return at<Connection>(target, *(*connection)->failure());
  co_return connection;
}

Task<Result<std::shared_ptr<net::PostgresConnection>>> Reach::open_postgres(const safety::Target& target) {
  using Connection = std::shared_ptr<net::PostgresConnection>;
  if (target.change_user.empty()) {
    co_return at<Connection>(target, Error{.code = Code::kRefused,
                                           .message = "the inventory names no role that changes it",
                                           .next = "give it a change_user"});
  }
  auto options = at(target, options_of(target, target.change_user, target.change_password_secret));
  if (!options) co_return options.error();
  co_return at(target, co_await net::PostgresConnection::connect(loop_, *options, guards_.postgres));
}

net::HttpClient& Reach::http_client() {
  if (!http_) http_ = std::make_unique<net::HttpClient>(loop_, guards_.http);
  return *http_;
}

Result<net::HttpRequest> Reach::addressed(const safety::Target& target, net::HttpRequest request) const {
  RUNBOOK_TRY(url, parse_http_url(target.url));
  RUNBOOK_CHECK(check_url_path(request.path));
  request.origin = url.origin;
  request.path = url.base + request.path;
  request.ca_file = target.ca_file;
  if (!target.token_secret.empty()) {
    RUNBOOK_TRY(token, secrets_(target.token_secret));
    request.headers.emplace_back("Authorization", "Bearer " + token);
  } else if (!target.password_secret.empty()) {
    RUNBOOK_TRY(password, secrets_(target.password_secret));
    request.headers.emplace_back("Authorization", "Basic " + to_base64(target.user + ":" + password));
  }
  return request;
}

Task<Result<net::HttpResponse>> Reach::http(const safety::Target& target, net::HttpRequest request, unsigned retries) {
  auto complete = at(target, addressed(target, std::move(request)));
  if (!complete) co_return complete.error();
  if (const auto* why = http_client().unreachable(complete->origin)) co_return at<net::HttpResponse>(target, *why);
  co_return at(target, co_await net::read_patiently(http_client(), loop_, std::move(*complete), retries));
}

Task<Result<net::HttpResponse>> Reach::change_http(const safety::Target& target, net::HttpRequest request,
                                                   const guard::Permit& permit) {
  auto complete = at(target, addressed(target, std::move(request)));
  if (!complete) co_return complete.error();
  co_return at(target, co_await http_client().change(std::move(*complete), permit));
}

Result<std::shared_ptr<net::DockerClient>> Reach::docker(const safety::Target& target) {
  const auto url = safety::container_place(target.url).engine;
  const auto known = docker_.find(std::string(url));
  if (known != docker_.end()) return known->second;
  auto origin = at(target, net::parse_docker_url(url));
  if (!origin) return origin.error();
  if (auto sound = at(target, check_key_file(target.key_file)); !sound) return sound.error();
  net::DockerEngine engine{.origin = std::move(*origin),
                           .ca_file = target.ca_file,
                           .cert_file = target.cert_file,
                           .key_file = target.key_file};
  auto client = std::make_shared<net::DockerClient>(loop_, std::move(engine), guards_.docker);
  docker_.emplace(url, client);
  return client;
}

Result<std::shared_ptr<Reach::SshLogin>> Reach::log_in(const safety::Target& target) {
  RUNBOOK_TRY(address, ssh_address_of(target));
  return std::make_shared<SshLogin>(loop_, [this, address = std::move(address)] {
    return net::SshConnection::connect(loop_, address, guards_.ssh, *logins_, kLogIn);
  });
}

Task<Result<std::shared_ptr<net::SshConnection>>> Reach::open_ssh(const safety::Target& target) {
  auto login = at(target, log_in(target));
  if (!login) co_return login.error();
  co_return at(target, co_await (*login)->get());
}

Task<Result<std::shared_ptr<net::SshConnection>>> Reach::ssh(const safety::Target& target) {
  using Connection = std::shared_ptr<net::SshConnection>;
  auto known = ssh_.find(target.name);
  if (known == ssh_.end()) {
    auto login = at(target, log_in(target));
    if (!login) co_return login.error();
    known = ssh_.emplace(target.name, std::move(*login)).first;
  }
  const auto shared = known->second;
  auto connection = at(target, co_await shared->get());
  if (connection && (*connection)->failure() != nullptr) co_return at<Connection>(target, *(*connection)->failure());
  co_return connection;
}

Value Reach::way_to_host(std::string_view target) const {
  const auto known = ssh_.find(std::string(target));
  if (known == ssh_.end()) return {};
  const auto& outcome = known->second->outcome();
  if (!outcome || !*outcome) return {};
  const auto& connection = ***outcome;
  Value way = Value::Map{{"transport", connection.transport()}};
  if (!connection.via().empty()) way["via"] = connection.via();
  return way;
}

Task<void> Reach::settle() {
  const auto ending = [](const auto& entry) {
    const auto& outcome = entry.second->outcome();
    return outcome && *outcome && (**outcome)->ending();
  };
  for (const auto& [name, connection] : ssh_) {
    const auto& outcome = connection->outcome();
    if (outcome && *outcome) (**outcome)->end_all();
  }
  for (auto left = kSettle; left.count() > 0 && std::any_of(ssh_.begin(), ssh_.end(), ending); left -= kSettleStep)
    co_await net::wait(loop_, kSettleStep);
}

void Reach::forget_failures() {
  if (http_) http_->forget_failures();
  std::erase_if(docker_, [](const auto& entry) { return !entry.second || entry.second->failed(); });
  std::erase_if(ssh_, [](const auto& entry) {
    const auto& outcome = entry.second->outcome();
    return outcome && (!*outcome || (**outcome)->failure() != nullptr);
  });
  std::erase_if(postgres_, [](const auto& entry) {
    const auto& outcome = entry.second->outcome();
    return outcome && (!*outcome || (**outcome)->broken());
  });
  std::erase_if(redis_, [](const auto& entry) { return !entry.second || entry.second->failed(); });
}

}  // namespace runbook::primitive
