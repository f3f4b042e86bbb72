#include "net/docker.h"

#include <algorithm>
#include <charconv>
#include <ctime>

#include "base/json.h"
#include "base/text.h"
#include "net/address.h"
#include "net/once.h"

namespace runbook::net {

namespace {

constexpr int kOldest = 35;
constexpr int kNewest = 41;
constexpr std::string_view kUnix = "unix://";
constexpr std::string_view kTcp = "tcp://";

// The second number of "1.41"; nothing for any other text.
std::optional<int> minor_of(std::string_view version) {
  if (!version.starts_with("1.")) return std::nullopt;
  const auto digits = version.substr(2);
  int number = 0;
  const auto* last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, number);
  if (error != std::errc() || end != last || number < 0) return std::nullopt;
  return number;
}

std::string version_text(int minor) { return "1." + std::to_string(minor); }

double date_of(const HttpHeaders& headers) {
  for (const auto& [name, value] : headers) {
    std::tm time{};
    if (name != "date" || strptime(value.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &time) == nullptr) continue;
    return static_cast<double>(timegm(&time)) * 1000;
  }
  return 0;
}

Error daemon_says(const HttpResponse& response) {
  const auto json = parse_json(response.body);
  const auto said = std::string(json ? std::as_const(*json)["message"].text_or("") : trim(response.body));
  const auto message = said.empty() ? "the daemon answered " + std::to_string(response.status) : escaped(said, 400);
  if (response.status == 404) return {.code = Code::kNotFound, .message = message};
  if (response.status == 401 || response.status == 403) return {.code = Code::kDenied, .message = message};
  return {.code = Code::kRemote, .message = message};
}

Result<DockerAnswer> answer_of(HttpResponse response) {
  if (response.status >= 400) return daemon_says(response);
  if (response.status != 304 && (response.status < 200 || response.status >= 300))
    return Error{.code = Code::kProtocol, .message = "the daemon answered " + std::to_string(response.status)};
  return DockerAnswer{.status = response.status, .body = std::move(response.body), .now_ms = date_of(response.headers)};
}

Error with_advice(Error error, const DockerEngine& engine) {
  if (error.code != Code::kUnreachable || !error.next.empty()) return error;
  if (engine.origin.starts_with(kUnix)) {
    error.next = "does the daemon run, and may this user open its socket (group docker)?";
  } else if (engine.cert_file.empty()) {
    error.next = "does the daemon listen there, and does it ask for a certificate (cert_file and key_file)?";
  }
  return error;
}

}  // namespace

Result<std::string> parse_docker_url(std::string_view url) {
  const Error wrong{.code = Code::kConfig,
                    .message = "\"" + escaped(url, 80) + "\" is no address of a Docker Engine",
                    .next = "unix:///var/run/docker.sock, or tcp://host:2376, which speaks TLS"};
  if (escaped(url) != url || url.find_first_of(" ?#@\\") != std::string_view::npos) return wrong;
  if (url.starts_with(kUnix)) {
    const bool absolute = url.substr(kUnix.size()).starts_with('/') && !url.ends_with('/');
    return absolute ? Result<std::string>(std::string(url)) : wrong;
  }
  if (!url.starts_with(kTcp)) return wrong;
  const auto place = url.substr(kTcp.size());
  if (!parse_host_port(place)) return wrong;
  return "https://" + std::string(place);
}

DockerClient::DockerClient(const Loop& loop, DockerEngine engine, guard::DockerGuard& guard)
    : engine_(std::move(engine)),
      guard_(guard),
      http_(loop, guard),
      version_(std::make_shared<Once<DockerVersion>>(loop, [this] { return negotiate(); })) {}

DockerClient::~DockerClient() = default;

Task<Result<DockerVersion>> DockerClient::version() { return version_->get(); }

bool DockerClient::failed() const { return version_->outcome() && !*version_->outcome(); }

Task<Result<DockerVersion>> DockerClient::negotiate() {
  HttpRequest request{.origin = engine_.origin,
                      .path = "/version",
                      .ca_file = engine_.ca_file,
                      .cert_file = engine_.cert_file,
                      .key_file = engine_.key_file};
  auto asked = co_await http_.read(std::move(request));
  if (!asked) co_return with_advice(std::move(asked).error(), engine_);
  RUNBOOK_CO_TRY(answer, answer_of(std::move(*asked)));
  const auto json = parse_json(answer.body);
  const auto said = json ? *json : Value();
  const auto newest = minor_of(said["ApiVersion"].text_or(""));
  if (!newest) co_return Error{.code = Code::kProtocol, .message = "this is no Docker Engine: it tells no version"};
  const auto oldest = minor_of(said["MinAPIVersion"].text_or("")).value_or(0);
  const auto spoken = std::min(*newest, kNewest);
  if (spoken < kOldest || spoken < oldest) {
    co_return Error{.code = Code::kProtocol,
                    .message = "this daemon speaks versions " + version_text(oldest) + " to " + version_text(*newest) +
                               " of Docker's API; here " + version_text(kOldest) + " to " + version_text(kNewest) +
                               " are spoken"};
  }
  co_return DockerVersion{.engine = std::string(said["Version"].text_or("")),
                          .newest = version_text(*newest),
                          .oldest = version_text(oldest),
                          .spoken = version_text(spoken),
                          .body = std::move(answer.body)};
}

Task<Result<DockerAnswer>> DockerClient::exchange(DockerRequest request, const guard::Permit* permit) {
  RUNBOOK_CO_TRY(version, co_await version_->get());
  HttpRequest out{.method = std::move(request.method),
                  .origin = engine_.origin,
                  .path = "/v" + version.spoken + request.path,
                  .body = std::move(request.body),
                  .ca_file = engine_.ca_file,
                  .cert_file = engine_.cert_file,
                  .key_file = engine_.key_file,
                  .limits = request.limits};
  if (!out.body.empty()) out.headers.emplace_back("Content-Type", "application/json");
  const auto sent = out;
  Result<HttpResponse> response = Error{};
  if (permit == nullptr) {
    response = co_await http_.read(std::move(out));
  } else {
    response = co_await http_.change(std::move(out), *permit);
  }
  if (!response) co_return std::move(response).error();
  RUNBOOK_CO_TRY(answer, answer_of(std::move(*response)));
  const guard::Request asked{.method = sent.method, .origin = sent.origin, .path = sent.path, .body = sent.body};
  guard_.heard(asked, permit, answer.body);
  co_return std::move(answer);
}

Task<Result<DockerAnswer>> DockerClient::read(DockerRequest request) {
  co_return co_await exchange(std::move(request), nullptr);
}

Task<Result<DockerAnswer>> DockerClient::change(DockerRequest request, const guard::Permit& permit) {
  co_return co_await exchange(std::move(request), &permit);
}

}  // namespace runbook::net
