#include "run/inventory_postgres.h"

#include <array>

#include "base/postgres_url.h"
#include "base/text.h"

namespace runbook::run {

namespace {

using safety::Target;

Error config(const Document& document, const std::string& path, std::string message, std::string next = {}) {
  return {.code = Code::kConfig, .message = std::move(message), .where = document.where(path), .next = std::move(next)};
}

struct Member {
  const char* key;
  std::string Target::*member;
};

constexpr std::array<Member, 6> kOwn = {{{"tls", &Target::tls},
                                         {"pass_file", &Target::pass_file},
                                         {"change_user", &Target::change_user},
                                         {"change_password", &Target::change_password_secret},
                                         {"rescue_user", &Target::rescue_user},
                                         {"rescue_password", &Target::rescue_password_secret}}};

}  // namespace

Result<void> place_postgres_target(const Document& document, const std::string& path, Target& target) {
  if (target.kind != "postgres") {
    for (const auto& [key, member] : kOwn) {
      if (!(target.*member).empty())
        return config(document, path + "." + key, "only targets of the kind postgres have " + std::string(key));
    }
    return {};
  }
  const auto url = parse_postgres_url(target.url);
  if (!url) return config(document, path + ".url", url.error().message, url.error().next);
  if (url->user.empty() == target.user.empty()) {
    return config(document, path, url->user.empty() ? target.name + " names no role" : target.name + " names two roles",
                  "user = \"runbook_read\": the role that looks");
  }
  if (!target.tls.empty() && target.tls != "off") {
    return config(document, path + ".tls", "tls wants \"off\", or to be left out",
                  "without it the certificate of a server is verified in full");
  }
  if (!target.pass_file.empty() && !target.password_secret.empty())
    return config(document, path + ".pass_file", "either a password or a pass_file, not both");
  if (!target.change_password_secret.empty() && target.change_user.empty())
    return config(document, path + ".change_password", "a change_password needs a change_user beside it");
  if (!target.rescue_password_secret.empty() && target.rescue_user.empty())
    return config(document, path + ".rescue_password", "a rescue_password needs a rescue_user beside it");
  if (target.change_user.empty()) target.look_only = true;
  return {};
}

Result<Target> postgres_target_from_url(std::string_view text) {
  const auto url = parse_postgres_url(text);
  if (!url) return Error{.code = Code::kUsage, .message = url.error().message, .next = url.error().next};
  if (url->user.empty()) {
    return Error{.code = Code::kUsage,
                 .message = "the URL names no role",
                 .next = "for example postgresql://reader@db-1:5432/shop"};
  }
  Target target;
  target.name = text;
  target.kind = "postgres";
  target.url = text;
  target.look_only = true;
  return target;
}

}  // namespace runbook::run
