#include "secret/vault.h"

#include <utility>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "base/url.h"

namespace runbook::secret {

namespace {

constexpr std::size_t kMostBody = 1U << 20U;
constexpr std::size_t kMostErrors = 3;
constexpr std::size_t kMostFields = 20;

// What Vault says of an error: {"errors": ["permission denied"]}.
std::string errors_in(const std::string& body) {
  const auto document = parse_json(body);
  if (!document) return {};
  std::vector<std::string> all;
  for (const auto& one : std::as_const(*document)["errors"].items()) {
    if (all.size() < kMostErrors && one.as_text() != nullptr) all.push_back(escaped(*one.as_text(), 160));
  }
  return all.empty() ? std::string() : ": " + join(all, "; ");
}

Error refused(const net::HttpResponse& response, const std::string& what, const std::string& address) {
  const auto status = std::to_string(response.status);
  if (response.status >= 300 && response.status < 400)
    return {.code = Code::kRemote,
            .message = what + ": Vault sends us elsewhere (" + status + "), and no redirect is followed",
            .where = address,
            .next = "name the active node as the address of [vault]"};
  if (response.status == 403)
    return {.code = Code::kAuth,
            .message = what + ": Vault refuses it (403)" + errors_in(response.body),
            .where = address,
            .next = "the token may have ended, or its policy wants `read` on that path with data/ in it"};
  if (response.status == 404)
    return {.code = Code::kNotFound,
            .message = what + ": Vault has nothing there (404)" + errors_in(response.body),
            .where = address,
            .next = "look at mount and path; the mount has to be KV version 2"};
  return {.code = Code::kRemote,
          .message = what + ": Vault answers with " + status + errors_in(response.body),
          .where = address,
          .next = response.status == 503 ? "it is sealed, or has no active node" : ""};
}

Result<std::string> text_in(const Value& answer, const std::string& field, const std::string& what) {
  const auto& data = answer["data"]["data"];
  if (data.as_map() == nullptr)
    return Error{.code = Code::kProtocol,
                 .message = what + ": what Vault answers is no secret of KV version 2",
                 .next = "look at the mount: `vault secrets list -detailed` tells its version"};
  const auto& value = data[field];
  if (value.is_null()) {
    std::vector<std::string> fields;
    for (const auto& [name, member] : data.members()) {
      if (fields.size() < kMostFields) fields.push_back(escaped(name, 40));
    }
    return Error{.code = Code::kNotFound,
                 .message = what + " has no field " + escaped(field, 40),
                 .next = fields.empty() ? "it is empty" : "it has " + join(fields, ", ")};
  }
  if (value.as_text() == nullptr)
    return Error{.code = Code::kProtocol,
                 .message = what + ": its field " + escaped(field, 40) + " is a " + std::string(value.type_name()) +
                            ", and no text"};
  if (value.text_or("").empty())
    return Error{.code = Code::kNotFound, .message = what + ": its field " + escaped(field, 40) + " is empty"};
  return std::string(value.text_or(""));
}

}  // namespace

Result<std::unique_ptr<Vault>> Vault::at(Loop loop, VaultPlace place, Learn learn) {
  RUNBOOK_TRY(url, parse_http_url(place.address));
  return std::unique_ptr<Vault>(new Vault(std::move(loop), std::move(place), url.origin, url.base, std::move(learn)));
}

Vault::Vault(Loop loop, VaultPlace place, std::string origin, std::string base, Learn learn)
    : place_(std::move(place)),
      origin_(std::move(origin)),
      base_(std::move(base)),
      login_path_("/v1/auth/" + place_.approle + "/login"),
      learn_(std::move(learn)),
      guard_(origin_ + base_, login_path_),
      client_(std::move(loop), guard_) {}

net::HttpRequest Vault::request(const std::string& path) const {
  net::HttpRequest out{.origin = origin_, .path = base_ + path, .ca_file = place_.ca_file};
  out.headers.emplace_back("X-Vault-Request", "true");
  if (!place_.name_space.empty()) out.headers.emplace_back("X-Vault-Namespace", place_.name_space);
  out.limits.total = std::chrono::seconds(10);
  out.limits.body = kMostBody;
  return out;
}

Task<Result<Value>> Vault::ask(net::HttpRequest request, const std::string& what) {
  auto answer = co_await client_.read(std::move(request));
  if (!answer) {
    auto error = std::move(answer).error();
    error.message = what + ": " + error.message;
    if (error.where.empty()) error.where = place_.address;
    co_return error;
  }
  if (answer->status != 200) co_return refused(*answer, what, place_.address);
  auto document = parse_json(answer->body);
  if (!document)
    co_return Error{.code = Code::kProtocol,
                    .message = what + ": what answers there does not speak as Vault does",
                    .where = place_.address};
  co_return std::move(*document);
}

Task<Result<void>> Vault::log_in(const VaultKey& key) {
  auto login = request(login_path_);
  login.method = "POST";
  login.headers.emplace_back("Content-Type", "application/json");
  login.body = to_json(Value::Map{{"role_id", key.role_id}, {"secret_id", key.secret_id}});
  RUNBOOK_CO_TRY(answer, co_await ask(std::move(login), "cannot be read, for the login by AppRole failed"));
  const auto token = std::as_const(answer)["auth"]["client_token"].text_or("");
  if (token.empty())
    co_return Error{.code = Code::kProtocol,
                    .message = "cannot be read, for the login by AppRole gave no token",
                    .where = place_.address};
  learn_(std::string(token));
  token_ = token;
  co_return Result<void>();
}

Task<Result<std::string>> Vault::read(const VaultKey& key, const std::string& mount, const std::string& path,
                                      const std::string& field) {
  if (token_.empty() && key.token.empty()) RUNBOOK_CO_CHECK(co_await log_in(key));
  auto lookup = request("/v1/" + mount + "/data/" + path);
  lookup.headers.emplace_back("X-Vault-Token", key.token.empty() ? token_ : key.token);
  const auto what = "at " + escaped(mount, 60) + "/" + escaped(path, 120);
  RUNBOOK_CO_TRY(answer, co_await ask(std::move(lookup), what));
  co_return text_in(answer, field, what);
}

}  // namespace runbook::secret
