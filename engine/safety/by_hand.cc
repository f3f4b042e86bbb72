#include "safety/by_hand.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/shell.h"
#include "base/text.h"
#include "safety/container_url.h"

namespace runbook::safety {

namespace {

struct UrlParts {
  std::string_view scheme;
  std::string_view user;
  std::string_view place;  // host:port, or the path of a socket
  std::string_view rest;   // "/db", "?db=n" or nothing
};

UrlParts parts_of(std::string_view url) {
  UrlParts parts;
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return parts;
  parts.scheme = url.substr(0, scheme);
  parts.place = url.substr(scheme + 3);
  if (const auto at = parts.place.rfind('@'); at != std::string_view::npos && parts.scheme != "unix") {
    parts.user = parts.place.substr(0, at);
    parts.place.remove_prefix(at + 1);
  }
  const auto end = parts.place.find(parts.scheme == "unix" ? '?' : '/');
  if (end != std::string_view::npos) {
    parts.rest = parts.place.substr(end);
    parts.place = parts.place.substr(0, end);
  }
  return parts;
}

// redis-cli takes a name before the @ of its -u for a password, so the user goes beside it.
std::string redis_client(const HandTarget& hand) {
  const auto& target = hand.target;
  const auto url = parts_of(target.url);
  std::string words = hand.password.empty() ? "redis-cli" : "REDISCLI_AUTH=\"" + hand.password + "\" redis-cli";
  if (url.scheme == "unix") {
    words += " -s " + shell_word(url.place);
    if (url.rest.starts_with("?db=")) words += " -n " + shell_word(url.rest.substr(4));
  } else {
    words += " -u " + shell_word(std::string(url.scheme) + "://" + std::string(url.place) + std::string(url.rest));
  }
  const auto user = target.user.empty() ? std::string(url.user) : target.user;
  if (!user.empty()) words += " --user " + shell_word(user);
  if (!target.ca_file.empty()) words += " --cacert " + shell_word(target.ca_file);
  return words;
}

std::string compose_client(const HandTarget& hand) {
  return "docker compose -f " + shell_word(parts_of(hand.target.url).rest);
}

// What is secret goes to curl on its standard input: it must not be in a list of processes.
std::string curl(const HandTarget& hand) {
  const auto& target = hand.target;
  std::string words = "curl -sS";
  if (!hand.token.empty()) {
    words = "printf 'header = \"Authorization: Bearer %s\"' \"" + hand.token + "\" | " + words + " -K -";
  } else if (!hand.password.empty()) {
    words = "printf 'user = \"%s:%s\"' " + shell_word(target.user) + " \"" + hand.password + "\" | " + words + " -K -";
  }
  if (!target.ca_file.empty()) words += " --cacert " + shell_word(target.ca_file);
  return words;
}

std::string ssh_client(const HandTarget& hand) {
  const auto& target = hand.target;
  std::string words = target.ssh_config.empty() ? "ssh" : "ssh -F " + shell_word(target.ssh_config);
  words += " " + shell_word(target.url);
  return target.sudo ? words + " sudo -n --" : words;
}

// psql asks for what the URL leaves out: the role and the password come beside it.
std::string postgres_client(const HandTarget& hand) {
  const auto& target = hand.target;
  std::string words = hand.password.empty() ? "" : "PGPASSWORD=\"" + hand.password + "\" ";
  if (!target.pass_file.empty()) words += "PGPASSFILE=" + shell_word(target.pass_file) + " ";
  const bool socket = parts_of(target.url).place.empty();
  if (!socket) words += target.tls == "off" ? "PGSSLMODE=disable " : "PGSSLMODE=verify-full ";
  if (!target.ca_file.empty()) words += "PGSSLROOTCERT=" + shell_word(target.ca_file) + " ";
  words += "psql -X";
  if (!target.user.empty()) words += " -U " + shell_word(target.user);
  return words + " " + shell_word(target.url);
}

// Of an engine and of a container alike: docker's own client speaks to the engine.
std::string docker_client(const HandTarget& hand) {
  const auto engine = container_place(hand.target.url).engine;
  std::string words = "docker";
  if (engine != "unix:///var/run/docker.sock") words += " -H " + shell_word(engine);
  if (engine.starts_with("tcp://")) words += " --tlsverify";
  if (!hand.target.ca_file.empty()) words += " --tlscacert " + shell_word(hand.target.ca_file);
  if (!hand.target.cert_file.empty()) {
    words += " --tlscert " + shell_word(hand.target.cert_file) + " --tlskey " + shell_word(hand.target.key_file);
  }
  return words;
}

// The client of each kind of target.
constexpr auto kClients =
    std::to_array<std::pair<std::string_view, std::string (*)(const HandTarget&)>>({{"compose", compose_client},
                                                                                    {"container", docker_client},
                                                                                    {"docker", docker_client},
                                                                                    {"postgres", postgres_client},
                                                                                    {"redis", redis_client},
                                                                                    {"ssh", ssh_client},
                                                                                    {"http", curl},
                                                                                    {"prometheus", curl},
                                                                                    {"alertmanager", curl},
                                                                                    {"grafana", curl}});

std::string client(const HandTarget& hand) {
  for (const auto& [kind, words] : kClients) {
    if (hand.target.kind == kind) return words(hand);
  }
  return {};
}

// host:port or the path of a socket, as we reach it or as its clients do.
std::string_view place_of(const Target& target, const Value& args) {
  const bool as_clients = args["as"].text_or("") == "clients" && !target.seen_as.empty();
  return as_clients ? std::string_view(target.seen_as) : parts_of(target.url).place;
}

std::string_view usual_port(const Target& target) {
  const auto scheme = parts_of(target.url).scheme;
  return scheme == "https" ? "443" : scheme == "http" ? "80" : target.kind == "postgres" ? "5432" : "6379";
}

std::pair<std::string, std::string> host_and_port(const Target& target, std::string_view place) {
  const auto colon = place.rfind(':');
  const bool has_port = colon != std::string_view::npos && place.find(']', colon) == std::string_view::npos;
  auto host = place.substr(0, has_port ? colon : place.size());
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return {std::string(host), std::string(has_port ? place.substr(colon + 1) : usual_port(target))};
}

std::string words_of(const Value& value) {
  if (value.is_null()) return {};
  if (const auto* text = value.as_text()) return shell_word(*text);
  if (value.as_list() == nullptr) return shell_word(to_json(value));
  std::string out;
  for (const auto& item : value.items()) out += (out.empty() ? "" : " ") + words_of(item);
  return out;
}

std::string_view without_last_slash(std::string_view url) { return url.substr(0, url.find_last_not_of('/') + 1); }

std::string header_options(const Value& headers) {
  std::string out;
  for (const auto& [name, text] : headers.members())
    out += (out.empty() ? "-H " : " -H ") + shell_word(name + ": " + std::string(text.text_or("")));
  return out;
}

// Of what runs as a container or as a unit: "inspect|systemctl status", in the words of the client of either.
std::string at_home(std::string_view words, const Target& target) {
  const auto bar = words.find('|');
  const auto* home = target.kind == "container" ? &target : target.home.get();
  if (home == nullptr) return "# the inventory does not say what runs it";
  if (home->kind == "ssh")
    return ssh_client({*home}) + " " + std::string(words.substr(bar + 1)) + " " + shell_word(target.unit);
  return docker_client({*home}) + " " + std::string(words.substr(0, bar)) + " " +
         shell_word(container_place(home->url).name);
}

std::string word(std::string_view name, const HandTarget& hand, const Value& args) {
  if (name == "client") return client(hand);
  if (name.starts_with("home ")) return at_home(name.substr(5), hand.target);
  if (name == "file") return shell_word(parts_of(hand.target.url).rest);
  if (name == "url") return shell_word(without_last_slash(hand.target.url));
  if (name == "health") return shell_word(args["path"].text_or(hand.target.health));
  if (name == "headers") return header_options(args["headers"]);
  if (name == "container") return shell_word(container_place(hand.target.url).name);
  if (name.starts_with('-')) {
    const auto blank = name.rfind(' ');
    const auto value = words_of(args[name.substr(blank + 1)]);
    const auto option = std::string(name.substr(0, blank));
    return value.empty() ? value : option + (option.ends_with('=') ? "" : " ") + value;
  }
  const auto place = place_of(hand.target, args);
  const bool socket = place.starts_with('/');
  if (name == "host") return socket ? "localhost" : shell_word(host_and_port(hand.target, place).first);
  if (name != "address" && name != "place") return words_of(args[name]);
  if (socket) return "-U " + shell_word(place);
  const auto [host, port] = host_and_port(hand.target, place);
  if (name == "place") return shell_word((host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + port);
  return shell_word(host) + " " + shell_word(port);
}

}  // namespace

std::string filled_in(std::string_view form, const HandTarget& target, const Value& args) {
  std::string out;
  for (;;) {
    const auto open = form.find('{');
    out += form.substr(0, open);
    if (open == std::string_view::npos) return out;
    const auto close = form.find('}', open);
    const auto filled = word(form.substr(open + 1, close - open - 1), target, args);
    if (filled.empty() && out.ends_with(' ')) out.pop_back();
    out += filled;
    form.remove_prefix(close + 1);
  }
}

std::string by_hand(const ReadRow& row, const HandTarget& target, const Value& args) {
  return filled_in(row.by_hand, target, args);
}

std::vector<std::string> by_hand(const ChangeRow& row, const HandTarget& target, const Change& change) {
  std::vector<std::string> lines;
  if (row.by_hand != nullptr) {
    auto words_for = change.args;
    if (!change.calls.empty()) words_for["sent"] = change.calls.front().back();
    for (const auto& form : row.by_hand(change)) lines.push_back(filled_in(form, target, words_for));
    return lines;
  }
  const auto words = client(target);
  for (const auto& call : change.calls) {
    auto line = words;
    for (const auto& one : call) line += " " + words_of(one);
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace runbook::safety
