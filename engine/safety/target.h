// A thing that a playbook may look at or change, as the inventory describes it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace runbook::safety {

/// The name and the kind of the one target that no inventory holds: the place where the engine itself runs.
inline constexpr const char* kEngineTarget = "engine";

struct Target {
  std::string name;  // its id: what plans, locks, evidence and the audit log call it
  std::string kind;  // "redis", …: decides which rows accept it
  std::string env;   // "prod", "staging", …; empty counts as prod
  std::vector<std::string> tags;
  std::string url;              // redis://host:port/db, https://host:port/base, …: how we reach it
  std::string seen_as;          // host:port, how its clients reach it; empty when the same
  std::string user;             // of Redis: ACL user, empty for the default user; of HTTP: for Basic
  std::string password_secret;  // name in [secrets]; empty for none
  std::string token_secret;     // the same, for Authorization: Bearer
  std::string ca_file;          // for rediss:// and https://: a pinned CA, else the system's
  std::string cert_file;        // of an engine over TLS: the certificate that we show, and
  std::string key_file;         // its key, which nobody else may read
  std::string tls;          // of PostgreSQL over TCP: "off" where the inventory says so, else it is verified in full
  std::string pass_file;    // of PostgreSQL: libpq's file of passwords, in the place of password_secret
  std::string change_user;  // of PostgreSQL: the role that changes; empty: the one that reads
  std::string change_password_secret;
  std::string rescue_user;  // of PostgreSQL: the role that looks when there is no slot left for the one that reads
  std::string rescue_password_secret;
  std::string health;      // the path at which an HTTP service tells of itself and what it depends on
  std::string host;        // the ssh target it runs on
  std::string ssh_config;  // of a host: OpenSSH's configuration, instead of the user's and the system's
  bool sudo = false;       // of a host: commands run through `sudo -n`
  std::string container;
  std::string unit;
  std::string data_dir;
  std::string probe_prefix;            // keys that begin with it are a probe's to write; empty: it may not be probed
  std::vector<std::string> uses;       // names of targets it depends on
  std::shared_ptr<const Target> home;  // the container that it runs in, else the host of its unit; null: nobody says
  bool look_only = false;              // given as a URL on the command line, or declared so: never changed
};

/// The target of that name among those that this run was given handles to; null for any other.
using TargetLookup = std::function<const Target*(std::string_view name)>;

}  // namespace runbook::safety
