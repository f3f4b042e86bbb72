// What people write: configuration, inventory and recorded worlds, in TOML. Whatever is wrong with one is said in one
// line, with the file and without a control character, and nothing crashes or reads a file that is not beside it.
#include "base/text.h"
#include "driver.h"
#include "replay/recorded_world.h"
#include "run/config.h"
#include "run/inventory.h"

namespace {

using namespace runbook;

void check(const Error& error) {
  const bool told = !error.message.empty() && error.where.starts_with("settings.toml");
  if (!told || error.code == Code::kInternal || error.text() != escaped(error.text())) std::abort();
}

void try_input(std::string_view text) {
  const auto document = run::parse_toml(text, "settings.toml");
  if (!document) return check(document.error());
  if (const auto config = run::config_from(*document); !config) check(config.error());
  const auto inventory = run::Inventory::from_document(*document);
  if (!inventory) check(inventory.error());
  if (inventory) {
    for (const auto& [name, target] : inventory->targets()) {
      if (name.empty() || name != target.name || !inventory->find(name)) std::abort();
    }
  }
  const auto world = replay::world_from(*document);
  if (!world) check(world.error());
  if (world && world->expect.verdict.empty()) std::abort();
}

const std::vector<std::string> kCorpus = {
    "inventory = \"inventory.toml\"\nplaybooks = [\"a\", \"b\"]\nstate = \"/var/lib/runbook\"\n[limits]\nevidence = "
    "\"20s\"\nphase = \"1m\"\nmemory = \"64mb\"\n",
    "[targets.cache-1]\nkind = \"redis\"\nurl = \"redis://127.0.0.1:6379\"\nenv = \"prod\"\ntags = [\"a\", "
    "\"b\"]\nuses = "
    "[\"cache-2\"]\nseen_as = \"redis.lxd:6379\"\nprobe_prefix = \"probe:\"\npassword = { secret = \"P\" }\n[targets."
    "\"cache-2\"]\nkind = \"redis\"\nurl = \"rediss://u@h:1/2\"\nca_file = \"/ca.pem\"\nlook_only = true\n[secrets]\nP "
    "= "
    "\"env:P\"\n",
    "about = \"x\"\nnow = \"2026-11-20T23:31:07.250Z\"\n[inputs]\nredis = \"cache-1\"\n[asks]\n\"a.b\" = \"5gb\"\n"
    "[targets.cache-1]\nkind = \"redis\"\nurl = \"redis://h:1\"\n[expect]\nverdict = [\"full\"]\nmitigation = "
    "\"a\"\nlevel "
    "= 2\nexit = 0\n[[reads]]\ncall = \"redis.info\"\non = \"cache-1\"\nargs = { section = \"memory\" "
    "}\n[reads.answer]\nused "
    "= 1\nlist = [{ a = 1 }, { b = \"\\u001b\" }]\n[[reads]]\ncall = \"redis.ping\"\non = \"cache-1\"\nerror = { code "
    "= "
    "\"unreachable\", message = \"x\" }\n[[reads]]\ncall = \"redis.ping\"\non = \"cache-1\"\nanswer_file = "
    "\"w/a.json\"\n"
    "[[reads]]\ncall = \"net.resolve\"\non = \"cache-1\"\nnothing = true\n[[after]]\nchange = \"redis.config\"\non = "
    "\"cache-1\"\nargs = { key = \"hz\" }\n[[after.reads]]\ncall = \"redis.ping\"\non = \"cache-1\"\nanswer = "
    "\"PONG\"\n",
};

}  // namespace

int main(int argc, char** argv) { return fuzz::fuzz_main(argc, argv, kCorpus, try_input); }
