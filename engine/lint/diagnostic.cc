#include "lint/diagnostic.h"

#include <array>

namespace runbook::lint {

namespace {

constexpr std::array<RuleAbout, 18> kRules = {{
    {"answers-nothing", "A mitigation that answers no finding is never called for."},
    {"empty-plan", "A plan that changes nothing."},
    {"fails", "A function that fails when it is tried out without a target."},
    {"file-name", "A playbook is run by the name of its file."},
    {"load", "A playbook that does not load: its Lua, or the shape of a slot."},
    {"never-found", "A finding that diagnose never gives."},
    {"no-meaning", "Findings whose meaning stands nowhere."},
    {"no-return", "A slot's function that can end without returning anything."},
    {"no-undo", "A change without a way back, and without a reason."},
    {"no-verify", "A mitigation that does not say what counts as fixed."},
    {"no-warning", "A change of level 3 without a warning."},
    {"no-world", "A playbook that cannot be rehearsed for want of a recorded incident."},
    {"unanswered", "A finding that leads nowhere."},
    {"unknown-name", "A name that does not exist."},
    {"unreachable", "A mitigation whose findings are never given."},
    {"unused-name", "A name that is never used."},
    {"unused-reading", "A reading that nothing is decided by."},
    {"wrong-change", "A change that could not be planned."},
}};

}  // namespace

std::span<const RuleAbout> rules() { return kRules; }

}  // namespace runbook::lint
