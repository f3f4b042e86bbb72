// Random commands out of all options that programs have, the dangerous ones among them, held against what the programs
// would make of those that pass: getopt_long itself, given each program's own options. RUNBOOK_BUDGET asks for many
// more.
#include <getopt.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "base/text.h"
#include "catch.h"
#include "guard/readonly_commands.h"
#include "run/toml.h"

using namespace runbook;
using Argv = std::vector<std::string>;
using Random = std::mt19937_64;

namespace {

// A sanitised build is slower than the time that a test has.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kTimesAsMany = 10;
#else
constexpr std::size_t kTimesAsMany = 170;
#endif

std::size_t tries_of(std::size_t few) { return std::getenv("RUNBOOK_BUDGET") == nullptr ? few : few * kTimesAsMany; }

// Options as getopt has them, : for a value and :: for one that may be missing; behind ! what writes, runs, sends,
// reads another file or never ends. From the sources of the programs as Debian 12 has them.
struct Program {
  std::string name;
  Argv before;  // words that make it a look
  std::string options;
  Argv operands;
  bool operand_is_danger = false;
};

const std::vector<Program> kPrograms = {
    {"journalctl",
     {},
     "e o: a q m b:: k p: g: c: S: U: t: u: N F: x r n:: h l !f !D: !M: output: all full quiet merge boot:: list-boots "
     "dmesg priority: grep: case-sensitive:: cursor: after-cursor: since: until: identifier: unit: user-unit: fields "
     "field: catalog reverse lines:: no-full no-tail no-pager system user utc no-hostname output-fields: header verify "
     "verify-key: disk-usage facility: this-boot show-cursor namespace: pager-end help version list-catalog "
     "dump-catalog !interval: !new-id128 !follow !directory: !file: !root: !image: !machine: !cursor-file: "
     "!vacuum-size: !vacuum-files: !vacuum-time: !rotate !sync !flush !relinquish-var !smart-relinquish-var "
     "!setup-keys !force !update-catalog",
     {"_PID=1", "-1", "nginx", "5", "json", "--rotate", "-f"}},
    {"systemctl",
     {"status"},
     "h t: p: P: l a q s: n: o: i T r !H: !M: !f !s: type: property: full all reverse after before show-types plain "
     "quiet "
     "no-pager no-legend legend:: failed lines: output: state: recursive value user system global dry-run marked "
     "show-transaction help version timestamp: no-reload no-warn check-inhibitors:: preset-mode: job-mode: what: "
     "firmware-setup "
     "boot-loader-menu: boot-loader-entry: reboot-argument: message: !wait !root: !image: !host: !machine: !force !now "
     "!runtime "
     "!signal: !kill-who: !no-block !no-wall !no-ask-password !read-only !mkdir",
     {"nginx", "5", "json", "loaded"}},
    {"df",
     {},
     "a B: i h H k l m P T t: v x: all block-size: inodes human-readable si local output:: portability "
     "print-type total type: exclude-type: no-sync help version !sync",
     {"/", "/var", "tmpfs", "1M"}},
    {"du",
     {"/var"},
     "0 a b B: c d: D h H k l L m P s S t: x !X: all apparent-size bytes block-size: count-links dereference "
     "dereference-args exclude: human-readable inodes max-depth: null no-dereference one-file-system separate-dirs "
     "si summarize threshold: time:: time-style: total help version !files0-from: !exclude-from:",
     {"/var", "1", "1M"}},
    {"tail",
     {"/var/log/syslog"},
     "c: n: q v z 0 1 2 3 4 5 6 7 8 9 !f !F !s: bytes: lines: quiet silent verbose zero-terminated help "
     "version !follow:: !retry !pid: !sleep-interval: !max-unchanged-stats: !-disable-inotify",
     {"/var/log/syslog", "5", "+5", "/etc/shadow"}},
    {"grep",
     {"x", "/var/log/syslog"},
     "0 1 2 3 4 5 6 7 8 9 A: B: C: E F G H I L T U V X: Z a b c e: h i l m: n o q s u v w x y z d: D: !P !f: !r !R "
     "after-context: basic-regexp before-context: binary binary-files: byte-offset context: color:: colour:: count "
     "directories: devices: exclude: exclude-dir: extended-regexp files-with-matches files-without-match "
     "fixed-strings help ignore-case include: initial-tab invert-match label: line-buffered line-number line-regexp "
     "max-count: no-filename no-ignore-case no-messages null null-data only-matching quiet regexp: silent text "
     "with-filename word-regexp !perl-regexp !file: !recursive !dereference-recursive !exclude-from:",
     {"x", "/var/log/syslog", "5"}},
    {"dmesg",
     {},
     "d e f: H h J k L:: l: P p r S s: T t u V x !C !c !D !E !n: !w !W !F: buffer-size: color:: decode facility: "
     "force-prefix "
     "human json kernel level: notime nopager raw reltime show-delta ctime since: until: syslog time-format: "
     "userspace help version !clear !read-clear !console-level: !console-off !console-on !follow !follow-new "
     "!file:",
     {"5", "err", "kern"}},
    {"ss",
     {},
     "h V n r a l o e m p i s 4 6 0 t u d w x f: A: H O Z z b T M I S !K !D: !F: !E !N: numeric resolve all listening "
     "options extended memory processes info threads summary tos cgroup bpf events context contexts family: query: "
     "socket: ipv4 ipv6 packet tcp udp dccp raw unix tipc vsock xdp mptcp inet-sockopt no-header oneline sctp "
     "help version !kill !diag: !filter: !events !net:",
     {"state", "established", "sport", "=", ":22", "dst", "10.0.0.1"}},
    {"date",
     {},
     "d: I:: r: R u !s: !f: date: debug iso-8601:: rfc-3339: rfc-email utc uct universal reference: help version "
     "rfc-822 rfc-2822 !set: !file:",
     {"+%s", "+%F", "010100002020", "@5", "seconds"}},
    {"sysctl",
     {},
     "N n q b e A a X x d h V r: !w !p:: !f: values names binary ignore all quiet help version deprecated pattern: "
     "!write !load:: !system",
     {"vm.swappiness", "vm.swappiness=1", "net.ipv4", "net.core.somaxconn"}},
    {"hostname",
     {},
     "a A d f i I s v y N h V !b !F: alias all-fqdns domain fqdn long ip-address all-ip-addresses short yp nis node "
     "help "
     "version verbose !boot !file:",
     {"evil"},
     true},
    {"free",
     {},
     "b k m g h l t w V c: !s: bytes kilo mega giga kibi mebi gibi human lohi total wide si help version count: "
     "!seconds:",
     {"5"}},
    {"last",
     {},
     "0 1 2 3 4 5 6 7 8 9 a F i n: p: R s: t: w x h V !d !f: hostlast fulltimes ip limit: present: nohostname since: "
     "until: fullnames system time-format: help version !dns !file:",
     {"root", "5"}},
    {"iptables",
     {"-L"},
     "n v x t: L:: S:: w:: 4 6 h V !A: !D: !I: !R: !F:: !Z:: !N: !X:: !P: !E: !M: !c: !C: numeric verbose exact "
     "line-numbers list:: list-rules:: wait:: help version ipv4 ipv6 !append: !delete: !insert: !replace: !flush:: "
     "!zero:: !new-chain: !delete-chain:: !policy: !rename-chain: !modprobe: !set-counters:",
     {"INPUT", "filter", "nat"}},
    {"sha256sum",
     {"/etc/hosts"},
     "b t w z !c binary text zero tag quiet status strict warn ignore-missing help version !check",
     {"/etc/hosts", "/etc/shadow"}},
    {"wc",
     {"/etc/hosts"},
     "c l L m w bytes chars lines max-line-length words help version total: !files0-from:",
     {"/etc/hosts", "/etc/shadow"}},
    {"lsblk",
     {},
     "a b D d e: E: f h i I: J l M m N n o: O p P r S s T:: t V x: z all bytes discard nodeps dedup: exclude: fs help "
     "ascii "
     "include: json list merge perms nvme noheadings output: output-all paths pairs raw scsi inverse tree:: "
     "topology width: sort: zoned version !sysroot:",
     {"/dev/sda", "NAME"}},
    {"findmnt",
     {},
     "A a b C c D d: e E f F: h i J k l M: m N: n O: o: P p R r S: s T: t: U u V v w: x y !p:: !F: !N: all ascii bytes "
     "canonicalize "
     "df evaluate json kernel list noheadings options: output: output-all pairs pseudo raw real shadow shell source: "
     "submounts target: tree types: uniq verbose verify !poll:: !fstab !mtab !tab-file: !task: !timeout: "
     "!direction: !first-only",
     {"/", "5"}},
};

struct Option {
  std::string name;
  int value = no_argument;
  bool danger = false;
};

std::vector<Option> options_of(const Program& program) {
  std::vector<Option> out;
  for (auto text : split(program.options, ' ')) {
    if (text.empty()) continue;
    Option option;
    option.danger = text.starts_with('!');
    if (option.danger) text.remove_prefix(1);
    option.value = text.ends_with("::") ? optional_argument : text.ends_with(':') ? required_argument : no_argument;
    option.name = text.substr(0, text.find(':'));
    out.push_back(option);
  }
  return out;
}

// The names of dangerous options that getopt finds, and "operand" for one that would change something.
std::set<std::string> dangers(const Program& program, const std::vector<Option>& options, const Argv& argv,
                              bool posix) {
  std::string shorts = posix ? "+:" : ":";
  std::vector<option> longs;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const auto& each = options[i];
    if (each.name.size() == 1) {
      if (shorts.find(each.name) == std::string::npos)
        shorts += each.name + std::string(static_cast<std::size_t>(each.value), ':');
    } else {
      longs.push_back({each.name.c_str(), each.value, nullptr, 1000 + static_cast<int>(i)});
    }
  }
  longs.push_back({});
  auto copies = argv;
  std::vector<char*> words;
  for (auto& word : copies) words.push_back(word.data());
  words.push_back(nullptr);
  std::set<std::string> found;
  optind = 0;
  opterr = 0;
  for (int c = 0;
       (c = getopt_long(static_cast<int>(argv.size()), words.data(), shorts.c_str(), longs.data(), nullptr)) != -1;) {
    if (c == '?' || c == ':') return {};  // the program ends with its usage
    for (std::size_t i = 0; i < options.size(); ++i) {
      const bool same =
          c >= 1000 ? i == static_cast<std::size_t>(c - 1000) : options[i].name == std::string(1, static_cast<char>(c));
      if (same && options[i].danger) found.insert(options[i].name);
    }
  }
  for (auto i = static_cast<std::size_t>(optind); i < argv.size(); ++i) {
    const std::string word = words[i];
    if (program.operand_is_danger || word == "/etc/shadow" || word == "vm.swappiness=1" || word == "010100002020")
      found.insert("operand");
  }
  return found;
}

template <class List>
const auto& one_of(const List& list, Random& random) {
  return list[random() % list.size()];
}

void add_option(Argv& argv, const std::vector<Option>& options, const Argv& operands, Random& random) {
  const auto& option = one_of(options, random);
  std::string word = "-";
  if (option.name.size() > 1) {
    word = "--" + option.name;
    if (random() % 3 == 0) word.resize(std::min<std::size_t>(word.size(), 3 + random() % 8));  // as getopt allows
  } else {
    for (auto more = random() % 3; more > 0; --more) {
      const auto& other = one_of(options, random);
      if (other.name.size() == 1) word += other.name;
    }
    word += option.name;
    if (random() % 4 == 0) word += one_of(options, random).name;
  }
  if (option.value != no_argument && random() % 2 == 0) {
    argv.push_back(word + (option.name.size() > 1 ? "=" : "") + one_of(operands, random));
    return;
  }
  argv.push_back(word);
  if (option.value == required_argument) argv.push_back(one_of(operands, random));
}

}  // namespace

TEST_CASE("no command passes in which its program would find an option that does more than look") {
  const auto document = run::parse_toml(guard::shipped_readonly_commands(), "readonly_commands.toml");
  REQUIRE(document);
  guard::ReadOnlyCommands commands;
  REQUIRE(commands.add(document->root, "readonly_commands.toml"));
  const std::size_t tries = tries_of(600);
  std::size_t dangerous = 0;
  Random random(1);
  for (const auto& program : kPrograms) {
    const auto options = options_of(program);
    std::size_t passed = 0;
    for (std::size_t i = 0; i < tries; ++i) {
      Argv argv = {program.name};
      const bool words_first = random() % 2 == 0;
      if (words_first) argv.insert(argv.end(), program.before.begin(), program.before.end());
      for (auto more = random() % 4; more > 0; --more) {
        if (random() % 3 != 0) add_option(argv, options, program.operands, random);
        if (random() % 3 == 0) argv.push_back(random() % 8 == 0 ? "--" : one_of(program.operands, random));
      }
      if (!words_first) argv.insert(argv.end(), program.before.begin(), program.before.end());
      const auto permuted = dangers(program, options, argv, false);
      const auto in_order = dangers(program, options, argv, true);
      if (!permuted.empty()) ++dangerous;
      if (!commands.allow(argv)) continue;
      ++passed;
      INFO(join(argv, " ") << ": " << (permuted.empty() ? "" : *permuted.begin()));
      REQUIRE(permuted.empty());
      REQUIRE(in_order.empty());
    }
    INFO(program.name);
    CHECK(passed > 1);
  }
  CHECK(dangerous > tries);
}

TEST_CASE("no order of its words makes find or ip do more than look") {
  const auto document = run::parse_toml(guard::shipped_readonly_commands(), "readonly_commands.toml");
  REQUIRE(document);
  guard::ReadOnlyCommands commands;
  REQUIRE(commands.add(document->root, "readonly_commands.toml"));
  const std::map<std::string, std::pair<Argv, Argv>> programs = {
      {"find",
       {{"/var", "-name", "x", "-type", "f", "-size", "+1M", "-mtime", "7", "-print", "-ls", "-o", "!", "-maxdepth",
         "2", "-printf", "-newer"},
        {"-delete", "-exec", "-execdir", "-ok", "-okdir", "-fprint", "-fprint0", "-fprintf", "-fls", "-files0-from"}}},
      {"ip",
       {{"addr", "link", "route", "rule", "neigh", "show", "list", "get", "dev", "eth0", "10.0.0.1", "-j", "-s", "-br",
         "table", "main"},
        {"add",     "del",  "delete", "flush", "set",    "change", "replace", "append", "save", "restore",
         "monitor", "exec", "netns",  "-b",    "-batch", "-n",     "-netns",  "-force", "up",   "down"}}}};
  const std::size_t tries = tries_of(5'000);
  Random random(2);
  for (const auto& [program, words] : programs) {
    std::size_t passed = 0;
    for (std::size_t i = 0; i < tries; ++i) {
      Argv argv = {program};
      bool dangerous = false;
      for (auto more = random() % 8; more > 0; --more) {
        const bool danger = random() % 6 == 0;
        argv.push_back(one_of(danger ? words.second : words.first, random));
        const auto& before = argv[argv.size() - 2];  // a device and a table may have any name
        dangerous = dangerous || (danger && before != "dev" && before != "table");
      }
      if (!commands.allow(argv)) continue;
      ++passed;
      INFO(join(argv, " "));
      REQUIRE_FALSE(dangerous);
    }
    CHECK(passed > 5);
  }
}
