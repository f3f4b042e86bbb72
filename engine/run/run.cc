#include "run/run.h"

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "base/version.h"
#include "run/rows_value.h"

namespace runbook::run {

namespace {

// Above this a result stays in the engine; the playbook gets an error that says where it is.
constexpr std::size_t kLargestForPlaybook = 1U << 20U;

}  // namespace

Run::Run(World& world, Request request)
    : world_(world), session_(world, request.resumes), request_(std::move(request)), started_(world.clock.now()) {}

Task<Result<void>> Run::load() {
  const Shelf shelf(world_.config.playbooks);
  RUNBOOK_CO_TRY(source, shelf.playbook(request_.book));
  modules_.emplace(source);
  Handlers handlers;
  handlers.module = [this](std::string_view name) { return modules_->load(name); };
  handlers.call = [this](std::string row, std::string target, Value args, std::uint32_t number) {
    return answer_call(std::move(row), std::move(target), std::move(args), number);
  };
  handlers.print = [this](std::string_view text) { world_.progress.print(text); };
  WorkerLimits limits;
  limits.memory = world_.config.worker_memory;
  limits.phase = world_.config.phase_limit;
  RUNBOOK_CO_TRY(worker, co_await WorkerClient::start(world_.loop, world_.worker, limits, std::move(handlers)));
  worker_ = std::move(worker);
  Value body = Value::Map{{"name", std::filesystem::path(source.file).stem().string()},
                          {"file", source.file},
                          {"source", source.source},
                          {"rows", rows_value(world_.reads)},
                          {"changes", changes_value(world_.changes)}};
  RUNBOOK_CO_TRY(shape, co_await worker_->load(std::move(body)));
  RUNBOOK_CO_TRY(book, playbook_from_shape(shape, source.file, source.source));
  playbook_ = std::move(book);
  co_return Result<void>();
}

// What decides what a run means: if it is the same later, so is the run.
Value Run::basis() const {
  Value::Map hashes;
  for (const auto& [file, hash] : modules_->hashes()) hashes.emplace(file, hash);
  return Value::Map{
      {"sources", std::move(hashes)}, {"inputs", inputs_.for_record}, {"targets", targets_value(inputs_.targets)}};
}

Task<Result<void>> Run::prepare(Asker& asker) {
  RUNBOOK_CO_CHECK(co_await load());
  RUNBOOK_CO_CHECK(check_asks(playbook_, request_.asks));
  RUNBOOK_CO_TRY(inputs, co_await resolve_inputs(playbook_, request_.inputs, world_.inventory, asker));
  inputs_ = std::move(inputs);
  note_lacks(playbook_, inputs_);
  std::set<std::string> sends;  // none yet
  RUNBOOK_CO_CHECK(co_await world_.know_secrets_of(inputs_.targets, sends));
  const Value given = Value::List{inputs_.for_record, Value::Map(request_.asks.begin(), request_.asks.end())};
  if (const auto secret = world_.secrets.found_in(given)) {
    co_return Error{.code = Code::kUsage,
                    .message = "what was given by -p holds the secret " + *secret,
                    .next = "inputs are shown and recorded; a playbook needs the name of a target, never its secret"};
  }
  co_return Result<void>();
}

Task<Result<void>> Run::start(Asker& asker) {
  RUNBOOK_CO_CHECK(co_await prepare(asker));
  session_.open(playbook_.name, inputs_.targets);
  auto data = basis();
  data["playbook"] = playbook_.name;
  data["file"] = playbook_.file;
  data["summary"] = playbook_.summary;
  data["mode"] = request_.mode;
  data["incident"] = request_.incident;
  data["follows"] = request_.follows;
  data["version"] = kVersion;
  data["operator"] = operator_identity();
  data["process"] = process_identity();
  data["asks"] = Value::Map(request_.asks.begin(), request_.asks.end());
  data["notes"] = Value::List(inputs_.notes.begin(), inputs_.notes.end());
  session_.begin(std::move(data));
  session_.anchor();
  co_return Result<void>();
}

std::vector<std::string> Run::next_steps() const {
  const auto took = age(started_, world_.clock.now());
  std::vector<std::string> out;
  for (const auto& step : playbook_.follow_up) {
    if (took >= step.after) out.push_back(step.text);
  }
  return out;
}

void Run::show_progress(const Look& look) const {
  const auto asked = look.readings.size();
  const auto text = "looking: " + std::to_string(look.done) + " of " + std::to_string(asked) + " readings";
  world_.progress.show(look.done == asked ? "" : text);
}

Task<Result<Value>> Run::answer_call(std::string row, std::string target, Value args, std::uint32_t number) {
  if (look_ == nullptr) {
    co_return Error{.code = Code::kRefused,
                    .message = "only evidence may look; diagnose, plan and verify decide from what was seen"};
  }
  const auto look = look_;
  const safety::Call call{.row = std::move(row), .target = std::move(target), .args = std::move(args)};
  const auto started = world_.clock.now();
  const Error pending{.code = Code::kCancelled, .message = "not waited for"};
  look->readings.insert_or_assign(number, Reading{.call = call, .started = started, .result = pending});
  show_progress(*look);
  auto result = co_await wait_for(look->stop, session_.executor().invoke(call));
  auto& reading = look->readings.at(number);
  reading.took = age(started, world_.clock.now());
  reading.result = result;
  ++look->done;
  if (look == look_) show_progress(*look);
  if (result && to_json(*result).size() > kLargestForPlaybook) {
    co_return Error{.code = Code::kLimit, .message = call.text() + " gave more than 1 MiB; it is kept as evidence"};
  }
  co_return result;
}

void Run::record_look(Look& look, const Value& answer) {
  std::map<std::uint32_t, std::string> names;
  for (const auto& [name, reading] : answer["readings"].members()) {
    const auto note = [&, &name = name](const Value& call) {
      names[static_cast<std::uint32_t>(call.number_or(0))] = name;
    };
    note(reading["call"]);
    for (const auto& call : reading["calls"].items()) note(call);
  }
  std::vector<Reading> all;
  std::set<std::string> unread;
  for (auto& [number, reading] : look.readings) {
    const auto found = names.find(number);
    reading.name = found == names.end() ? reading.call.text() : found->second;
    if (!reading.result) unread.insert(reading.name);
    all.push_back(reading);
  }
  unread_.assign(unread.begin(), unread.end());
  session_.record_evidence(all);
}

Task<Result<void>> Run::look() {
  world_.look_anew();
  const auto limit = world_.config.evidence_limit;
  const auto look = std::make_shared<Look>(
      Stop(world_.loop, limit, "no answer within the " + duration_text(limit) + " a playbook may look"));
  look_ = look;
  Value question = Value::Map{{"arg", inputs_.for_worker}};
  const auto done = co_await worker_->phase("evidence", std::move(question));
  look_.reset();
  world_.progress.show("");
  record_look(*look, done ? *done : Value());
  if (!done) co_return done.error();
  co_return Result<void>();
}

Task<Verdict> Run::diagnose() {
  const auto answer = co_await worker_->phase("diagnose", Value::Map{});
  auto verdict =
      answer ? verdict_from(*answer, playbook_, unread_)
             : Verdict{.kind = "unclear", .text = "diagnose failed: " + answer.error().text(), .unread = unread_};
  const Shelf shelf(world_.config.playbooks);
  const auto find = [&](std::optional<Link>& link) {
    if (link) link->book = shelf.seen_from(playbook_.file, link->book);
  };
  find(verdict.link);
  for (auto& found : verdict.findings) find(found.link);
  session_.record("VERDICT", verdict_value(verdict));
  co_return verdict;
}

bool Run::stop_looking() {
  if (look_ == nullptr || look_->stop.fired()) return false;
  look_->stop.now({.code = Code::kCancelled, .message = "the operator went on without it"});
  return true;
}

void Run::interrupt() {
  session_.interrupt();
  if (look_ != nullptr && !look_->stop.fired())
    look_->stop.now({.code = Code::kCancelled, .message = "the run was stopped"});
}

}  // namespace runbook::run
