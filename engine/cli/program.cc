#include "cli/program.h"

#include <unistd.h>

#include "base/url.h"
#include "cli/readonly_list.h"
#include "net/address.h"
#include "primitive/read/read_rows.h"
#include "primitive/spec/change_rows.h"
#include "run/wait.h"
#include "safety/answer.h"

namespace runbook::cli {

std::filesystem::path own_folder() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
}

std::filesystem::path worker_path() { return own_folder() / "runbook-worker"; }

namespace {
// The catalogue that comes with the program: beside the binary of a build, or where it is installed.
std::vector<std::filesystem::path> shipped_playbooks() {
  std::vector<std::filesystem::path> folders;
  for (const auto& folder :
       {own_folder() / "playbooks", own_folder().parent_path() / "share" / "runbook" / "playbooks"}) {
    std::error_code ignored;
    if (std::filesystem::is_directory(folder, ignored)) folders.push_back(folder);
  }
  return folders;
}
}  // namespace

Result<std::unique_ptr<Program>> Program::open(Options options) {
  RUNBOOK_TRY(config, run::read_config(options.config));
  if (config.playbooks.empty()) config.playbooks = shipped_playbooks();
  run::Inventory inventory;
  if (!config.inventory.empty()) {
    RUNBOOK_TRY(read, run::Inventory::read(config.inventory));
    inventory = std::move(read);
  }
  RUNBOOK_TRY(secrets, run::SecretValues::read(inventory));
  return std::unique_ptr<Program>(
      new Program(std::move(options), std::move(config), std::move(inventory), std::move(secrets)));
}

Program::Program(Options options, run::Config config, run::Inventory inventory, run::SecretValues secrets)
    : options_(std::move(options)),
      config_(std::move(config)),
      inventory_(std::move(inventory)),
      secrets_(std::move(secrets)),
      redactor_(secrets_.net()),
      progress_(clock_, Style::for_output(STDERR_FILENO, options_.color)),
      sources_(loop_, options_, inventory_, secrets_, progress_),
      evidence_(storage_, config_.state),
      locks_(storage_, config_.state),
      reach_(
          loop_.get_executor(), [this](std::string_view name) { return secrets_.value(name); }, guards_) {}

safety::Journal& Program::journal() {
  if (!journal_) {
    journal_ = safety::Journal::open(storage_, clock_, config_.state);
    journal_->keep_out(secrets_.net());
  }
  return *journal_;
}

run::World Program::world(std::function<std::unique_ptr<safety::Executor>(run::ExecutorParts)> executor) {
  return {.loop = loop_.get_executor(),
          .clock = clock_,
          .config = config_,
          .inventory = inventory_,
          .secrets = secrets_.net(),
          .journal = journal(),
          .evidence = evidence_,
          .locks = locks_,
          .reads = primitive::read_rows(),
          .changes = primitive::change_rows(),
          .executor = std::move(executor),
          .look_anew = [this] { reach_.forget_failures(); },
          .pause = [this](std::chrono::milliseconds time) { return run::pause(loop_.get_executor(), time); },
          .worker = worker_path(),
          .progress = progress_,
          .know_secrets = [this](run::NeededSecrets needed) { return know_secrets(std::move(needed)); },
          .way = [this](const safety::Target& target, std::string_view row) { return way_of(target, row); }};
}

Task<Result<void>> Program::know_secrets(run::NeededSecrets needed) {
  const run::SecretValues::Fetch fetch = [this](const std::string& name, const run::SecretReference& reference) {
    return sources_.fetch(name, reference);
  };
  auto wanted = needed.own;
  wanted.insert(needed.must.begin(), needed.must.end());
  const auto near = secrets_.late_and_unattended(needed.near);
  RUNBOOK_CO_CHECK(co_await secrets_.resolve(std::move(wanted), fetch));
  RUNBOOK_CO_CHECK(co_await secrets_.resolve(near, fetch));
  for (const auto& name : needed.must) {
    if (const auto value = secrets_.value(name); !value) co_return value.error();
  }
  for (const auto& name : near) {
    const auto value = secrets_.value(name);
    if (!value && warned_.insert(name).second)
      progress_.warn("not kept out of sight where a server tells it: " + value.error().text());
  }
  co_return Result<void>();
}

Value Program::way_of(const safety::Target& target, std::string_view row) const {
  const auto* read = primitive::find_read_row(row);
  const auto* change = primitive::find_change_row(row);
  const auto kind = read != nullptr ? read->kind : change != nullptr ? change->kind : std::string_view();
  if (kind == "ssh") return reach_.way_to_host(target.name);
  // What runs a target is asked of its host, where it is a unit.
  const bool of_unit = row.starts_with("service.") && target.home && target.home->kind == "ssh";
  return of_unit ? reach_.way_to_host(target.home->name) : Value();
}

void Program::know_commands() {
  if (std::exchange(knows_commands_, true)) return;
  auto list = readonly_list(config_);
  if (list) {
    guards_.ssh.know(std::move(*list));
  } else {
    progress_.warn("no command is run on a host, for the list of those that only look is not sound: " +
                   list.error().text());
  }
}

// Where the guard lets requests go is what the run was issued, and not what a request says of itself.
safety::TargetLookup Program::guarded(safety::TargetLookup targets) {
  return [this, targets = std::move(targets)](std::string_view name) {
    const auto* target = targets(name);
    if (target == nullptr) return target;
    if (target->kind == "ssh" || (target->home && target->home->kind == "ssh")) know_commands();
    if (const auto peer = net::client_endpoint(target->url, target->seen_as)) {
      const auto place = peer->host + ":" + std::to_string(peer->port);
      guards_.docker.declare(place);
      guards_.ssh.declare(place);
    }
    if (const auto url = parse_http_url(target->url)) guards_.http.declare(url->origin + url->base);
    return target;
  };
}

run::World Program::dry_world() {
  return world([this](run::ExecutorParts parts) -> std::unique_ptr<safety::Executor> {
    return std::make_unique<safety::DryExecutor>(reach_, guarded(std::move(parts.targets)), primitive::find_read_row,
                                                 redactor_);
  });
}

Result<replay::Theatre> Program::theatre(const LiveCode& live) const {
  if (!live.executor) {
    return Error{.code = Code::kUsage, .message = "this program cannot rehearse changes", .next = "use runbook"};
  }
  return replay::Theatre{.config = config_,
                         .reads = primitive::read_rows(),
                         .changes = primitive::change_rows(),
                         .live_executor = live.executor,
                         .worker = worker_path()};
}

run::World Program::live_world(const LiveCode& live) {
  auto made = world([this, live](run::ExecutorParts parts) {
    parts.targets = guarded(std::move(parts.targets));
    auto reads = std::make_unique<safety::DryExecutor>(reach_, parts.targets, primitive::find_read_row, redactor_);
    return live.executor({.parts = std::move(parts),
                          .reads = std::move(reads),
                          .appliers = safety::with_clean_answers(live.appliers(reach_), redactor_),
                          .journal = journal(),
                          .evidence = evidence_});
  });
  made.anchors = config_.anchors;
  return made;
}

}  // namespace runbook::cli
