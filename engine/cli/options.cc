#include "cli/options.h"

#include <CLI/CLI.hpp>

#include "base/text.h"

namespace runbook::cli {

namespace {

constexpr const char* kAbout =
    "runs incident runbooks: looks, explains, proposes exact changes, asks, changes, checks, and can undo";
constexpr const char* kFooter =
    "Exit codes: 0 verified, healthy or a finished dry run; 1 failed; 2 usage or configuration; 3 declined;\n"
    "4 approval needed and nobody to ask; 5 changes stand, not verified; 6 failed, undone; 7 failed, undo incomplete;\n"
    "8 refused; 9 audit log; 10 the dry run would change something (--detailed-exitcode); 11 a problem remains,\n"
    "nothing was changed; 124 deadline; 130, 143 interrupted.";

// What only CLI11's callbacks fill, before it is checked.
struct Raw {
  std::vector<std::string> parameters;
  std::string output = "text";
  std::string since;
  std::string timeout;
};

void add_global(CLI::App& app, Options& options, Raw& raw) {
  app.add_option("--state", options.config.state, "state directory (audit log, evidence, locks)")
      ->envname("RUNBOOK_STATE");
  app.add_option("--config", options.config.config, "configuration file, instead of those found")
      ->envname("RUNBOOK_CONFIG");
  app.add_option("--inventory", options.config.inventory, "inventory file")->envname("RUNBOOK_INVENTORY");
  app.add_option("-o,--output", raw.output, "text, json or ndjson; check also: github, sarif")
      ->envname("RUNBOOK_OUTPUT")
      ->check(CLI::IsMember({"text", "json", "ndjson", "github", "sarif"}));
  app.add_option("--color", options.color, "auto, always or never")
      ->envname("RUNBOOK_COLOR")
      ->check(CLI::IsMember({"auto", "always", "never"}));
}

void add_approval(CLI::App& command, Options& options) {
  command.add_flag("-n,--dry-run", options.dry, "look and plan; change nothing");
  command.add_flag("--no-input", options.no_input, "never ask, even with a terminal");
  command.add_flag("--yes", options.approval.yes, "approve a plan of level 1");
  command.add_option("--approve", options.approval.approve, "approve the plan with this digest")->type_name("DIGEST");
  command.add_option("--confirm", options.approval.confirm, "level 3: the name of each target that is changed")
      ->type_name("TARGET");
  command.add_option("--reason", options.approval.reason, "level 3: why")->type_name("TEXT");
  command.add_flag("--detailed-exitcode", options.detailed_exitcode, "a dry run that would change something exits 10");
}

void add_run(CLI::App& app, Options& options, Raw& raw) {
  auto* command = app.add_subcommand("run", "run a playbook");
  command->add_option("BOOK", options.book, "a name or a path")->required();
  command
      ->add_option("-p,--param", raw.parameters,
                   "an input (redis=cache-1) or what a mitigation asks for (raise-maxmemory.limit=5gb)")
      ->type_name("NAME=VALUE");
  command->add_option("--mitigate", options.mitigate, "take this mitigation")->type_name("NAME");
  command->add_option("--incident", options.incident, "the incident this belongs to")
      ->type_name("ID")
      ->envname("RUNBOOK_INCIDENT");
  command->add_option("--timeout", raw.timeout, "give up after this long, for example 10m; exit 124")
      ->type_name("TIME");
  add_approval(*command, options);
}

void add_others(CLI::App& app, Options& options, Raw& raw) {
  const auto with_book = [&](const char* name, const char* about, const char* operand) {
    auto* command = app.add_subcommand(name, about);
    command->add_option(operand, options.book)->required();
    return command;
  };
  app.add_subcommand("list", "the playbooks that are there");
  auto* show = with_book("show", "what a playbook looks at, finds and may change", "BOOK");
  auto* by_hand = show->add_flag("--by-hand", options.by_hand, "as the commands that a person would type");
  show->add_option("-p,--param", raw.parameters, "an input, or what a mitigation asks for, as for run")
      ->type_name("NAME=VALUE")
      ->needs(by_hand);
  auto* resume = with_book("resume", "go on with a run that was interrupted", "RUN");
  resume->add_flag("--accept-changed", options.accept_changed,
                   "though sources, inputs or targets have changed: drop its plan, look and plan anew");
  for (auto* command : {resume, with_book("undo", "take back what a run changed", "RUN")}) {
    add_approval(*command, options);
    command->add_option("--timeout", raw.timeout, "give up after this long; exit 124")->type_name("TIME");
  }
  app.add_subcommand("runs", "the runs of the audit log, newest first")
      ->add_option("--since", raw.since, "not older than this, for example 2h")
      ->type_name("TIME");
  with_book("report", "a run as a Markdown report", "RUN");
  auto* evidence = app.add_subcommand("evidence", "what a run has read");
  auto* of_run = evidence->add_option("RUN", options.book);
  auto* readings = evidence->add_option("NAME", options.more, "show these readings whole");
  auto* scan = evidence->add_flag("--scan", options.scan,
                                  "list what looks like a secret in what was kept, of all runs without RUN; exit 11");
  scan->excludes(readings);
  constexpr const char* kWithFindings = "also what looks like a secret that nobody declared";
  auto* handed = evidence->add_option("--export", options.to, "write what was read to this folder, without secrets")
                     ->type_name("DIR")
                     ->needs(of_run)
                     ->excludes(readings)
                     ->excludes(scan);
  evidence->add_flag("--with-findings", options.with_findings, kWithFindings)->needs(handed);
  auto* audit = app.add_subcommand("audit", "the audit log");
  auto* verify = audit->add_subcommand("verify", "verify the whole log");
  verify->add_option("--anchor", options.anchor, "hold it against the notes in this file; - reads them from stdin")
      ->type_name("FILE");
  verify->add_option("--from", options.from, "begin with this log, when the older ones were archived")
      ->type_name("NNN.log");
  auto* exported = verify->add_option("--export", options.exported, "verify this export of a run, by itself");
  exported->type_name("FILE")->excludes("--anchor")->excludes("--from");
  auto* take_out = audit->add_subcommand("export", "a run as one file that verifies alone");
  take_out->add_option("RUN", options.book)->required();
  take_out->add_option("--to", options.to, "write it to this file, which must not be there; to stdout otherwise")
      ->type_name("FILE");
  take_out->add_flag("--with-evidence", options.with_evidence, "with what was read");
  take_out->add_flag("--with-findings", options.with_findings, kWithFindings);
  audit->require_subcommand(1);
}

void add_authoring(CLI::App& app, Options& options) {
  auto* check = app.add_subcommand("check", "find what is wrong with playbooks, without a target");
  check->add_flag("--strict", options.strict, "warnings count as errors");
  check->add_option("BOOK", options.more, "names, files or folders; all when none is given");
  auto* test = app.add_subcommand("test", "rehearse playbooks in their recorded worlds");
  test->add_option("BOOK", options.more, "names or paths; all when none is given");
  auto* update = test->add_flag("--update", options.test.update, "write the transcripts, and show what is new in them");
  auto* record =
      test->add_option("--record", options.test.record, "make a world of this run")->type_name("RUN")->excludes(update);
  test->add_option("--as", options.test.as, "the name of that world")->type_name("NAME")->needs(record);
  test->add_option("--junit", options.test.junit, "write the results as JUnit XML too")->type_name("FILE");
  auto* book =
      app.add_subcommand("new", "write a playbook that checks and passes its worlds, to be changed from there");
  book->add_option("NAME", options.book, "small letters, digits and -")->required();
  auto& wish = options.wish;
  book->add_option("--dir", wish.folder, "where it goes; the project's first folder of playbooks when not given")
      ->type_name("DIR");
  book->add_option("--summary", wish.summary, "what is wrong when one needs it")->type_name("TEXT");
  book->add_option("--alert", wish.alerts, "an alert that it answers; may be given several times")
      ->type_name("NAME")
      ->allow_extra_args(false);
  book->add_option("--severity", wish.severity, "SEV-1 to SEV-5")
      ->type_name("SEV")
      ->check(CLI::IsMember({"SEV-1", "SEV-2", "SEV-3", "SEV-4", "SEV-5"}));
  book->add_option("--owner", wish.owner, "who answers for it")->type_name("TEXT");
  book->add_option("--kind", wish.kind, "the kind of target that it looks at")->type_name("KIND");
  book->add_flag("--read-only", wish.read_only, "it looks, and changes nothing");
  book->add_flag("--no-input", options.no_input, "never ask, even with a terminal");
  auto* page = app.add_subcommand("doc", "a playbook as a Markdown page, for people in an incident");
  page->add_option("BOOK", options.more, "names or paths; all when none is given and --out is");
  page->add_option("--out", options.out, "write each page into this folder")->type_name("DIR");
  app.add_subcommand("types", "write what the Lua language server needs to know the language")
      ->add_option("--out", options.out, "the folder; .runbook-types of the project when not given")
      ->type_name("DIR");
}

void add_hosts(CLI::App& app, Options& options) {
  auto* host = app.add_subcommand("host", "the hosts of the inventory");
  host->require_subcommand(1);
  auto* enroll = host->add_subcommand("enroll", "show a host's keys, and record them in known_hosts when you agree");
  auto* names = enroll->add_option("NAME", options.more, "a host of the inventory, or ssh://[USER@]NAME[:PORT]");
  enroll->add_flag("--all", options.enroll.all, "each host of the inventory")->excludes(names);
  enroll
      ->add_option("--fingerprint", options.enroll.fingerprints,
                   "record the key that has it, and ask nobody; may be given several times")
      ->type_name("SHA256:…")
      ->allow_extra_args(false);
  enroll->add_flag("--no-input", options.no_input, "never ask, even with a terminal");
}

void add_rest(CLI::App& app, Options& options) {
  app.add_subcommand("demo", "break a throw-away Redis, find out why, repair it, verify the log");
  app.add_subcommand("doctor", "check configuration, inventory, state directory and worker")
      ->add_option("BOOK", options.book);
  app.add_subcommand("version", "print the version");
}

Result<void> split_parameters(const Raw& raw, Options& options) {
  for (const auto& parameter : raw.parameters) {
    const auto equals = parameter.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error{.code = Code::kUsage, .message = "-p wants NAME=VALUE, got \"" + escaped(parameter, 60) + "\""};
    }
    const auto name = parameter.substr(0, equals);
    auto& where = name.find('.') == std::string::npos ? options.inputs : options.asks;
    if (!where.emplace(name, parameter.substr(equals + 1)).second) {
      return Error{.code = Code::kUsage, .message = "-p " + escaped(name, 60) + " is given twice"};
    }
  }
  return {};
}

Result<void> read_duration(const std::string& flag, const std::string& text, std::chrono::milliseconds& out) {
  if (text.empty()) return {};
  const auto parsed = parse_duration(text);
  if (!parsed || parsed->count() <= 0) {
    return Error{.code = Code::kUsage,
                 .message = flag + " wants a duration such as 30s, 10m or 2h, got \"" + escaped(text, 40) + "\""};
  }
  out = *parsed;
  return {};
}

Result<void> read_output(const std::string& text, Options& options) {
  static const std::map<std::string, Output> kOutputs = {{"text", Output::kText},
                                                         {"json", Output::kJson},
                                                         {"ndjson", Output::kNdjson},
                                                         {"github", Output::kGithub},
                                                         {"sarif", Output::kSarif}};
  options.output = kOutputs.at(text);
  const bool for_check = options.output == Output::kGithub || options.output == Output::kSarif;
  if (!for_check || options.command == "check" || options.command.empty()) return {};
  return Error{.code = Code::kUsage,
               .message = "-o " + text + " is for runbook check only",
               .next = "runbook " + options.command + " knows text, json and ndjson"};
}

Error unknown_command(const CLI::App& app, int argc, char** argv, const std::string& otherwise) {
  std::vector<std::string> known;
  for (const auto* command : app.get_subcommands({})) known.push_back(command->get_name());
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word.starts_with('-')) continue;
    const auto near = nearest(word, known);
    return {
        .code = Code::kUsage,
        .message = "there is no command " + escaped(word, 40) + (near.empty() ? "" : "; did you mean " + near + "?"),
        .next = "the commands: " + join(known, ", ")};
  }
  return {.code = Code::kUsage, .message = otherwise, .next = "runbook --help"};
}

}  // namespace

Result<Options> parse_options(int argc, char** argv) {
  Options options;
  Raw raw;
  CLI::App app{kAbout, "runbook"};
  app.footer(kFooter);
  app.fallthrough();
  app.require_subcommand(0, 1);
  add_global(app, options, raw);
  add_run(app, options, raw);
  add_others(app, options, raw);
  add_authoring(app, options);
  add_hosts(app, options);
  add_rest(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    options.text = chosen.empty() ? app.help() : chosen.front()->help();
    return options;
  } catch (const CLI::ParseError& error) {
    const auto chosen = app.get_subcommands();
    if (chosen.empty()) return unknown_command(app, argc, argv, error.what());
    return Error{
        .code = Code::kUsage, .message = error.what(), .next = "runbook " + chosen.front()->get_name() + " --help"};
  }
  for (const auto* level = &app; !level->get_subcommands().empty(); level = level->get_subcommands().front()) {
    options.command += (options.command.empty() ? "" : " ") + level->get_subcommands().front()->get_name();
  }
  if (options.command.empty()) options.text = app.help();
  RUNBOOK_CHECK(read_output(raw.output, options));
  RUNBOOK_CHECK(split_parameters(raw, options));
  RUNBOOK_CHECK(read_duration("--since", raw.since, options.since));
  RUNBOOK_CHECK(read_duration("--timeout", raw.timeout, options.timeout));
  return options;
}

}  // namespace runbook::cli
