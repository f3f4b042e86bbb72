#include "run/inventory_ssh.h"

#include "base/ssh_url.h"
#include "base/text.h"

namespace runbook::run {

namespace {

Error config(const Document& document, const std::string& path, std::string message, std::string next = {}) {
  return {.code = Code::kConfig, .message = std::move(message), .where = document.where(path), .next = std::move(next)};
}

// The URL that address, user and port make.
Result<SshUrl> url_of(const Value& entry, const safety::Target& target) {
  SshUrl parts{.user = target.user, .name = std::string(entry["address"].text_or(""))};
  const auto port = entry["port"].number_or(0);
  parts.port = port >= 1 && port <= 65535 ? static_cast<std::uint16_t>(port) : 0;
  return parse_ssh_url(parts.text());
}

}  // namespace

bool is_ssh_key(std::string_view key) {
  return key == "address" || key == "port" || key == "sudo" || key == "ssh_config";
}

Result<void> place_ssh_target(const Document& document, const std::string& path, safety::Target& target) {
  if (target.kind != "ssh") return {};
  const auto& entry = std::as_const(document.root)["targets"][target.name];
  if (target.url.empty() == entry["address"].is_null()) {
    return config(document, path, target.name + (target.url.empty() ? " has no address" : " has both url and address"),
                  "address = \"redis.lxd\", as one would type it behind ssh");
  }
  const auto& port = entry["port"];
  const auto number = port.number_or(0);
  if (!port.is_null() && (number < 1 || number > 65535 || number != static_cast<std::uint16_t>(number)))
    return config(document, path + ".port", "port is a number from 1 to 65535");
  const auto url = target.url.empty() ? url_of(entry, target) : parse_ssh_url(target.url);
  if (!url)
    return config(document, path + (target.url.empty() ? ".address" : ".url"), url.error().message, url.error().next);
  target.url = url->text();
  if (!entry["sudo"].is_null() && entry["sudo"].as_bool() == nullptr)
    return config(document, path + ".sudo", "sudo wants true or false");
  target.sudo = entry["sudo"].bool_or(false);
  if (!entry["ssh_config"].is_null() && entry["ssh_config"].text_or("").empty())
    return config(document, path + ".ssh_config", "ssh_config wants the path of a file");
  target.ssh_config = entry["ssh_config"].text_or("");
  return {};
}

Result<safety::Target> ssh_target_from_url(std::string_view url) {
  const auto sound = parse_ssh_url(url);
  if (!sound) return Error{.code = Code::kUsage, .message = sound.error().message, .next = sound.error().next};
  safety::Target target;
  target.name = url;
  target.kind = "ssh";
  target.url = url;
  target.look_only = true;
  return target;
}

}  // namespace runbook::run
