#include "cli/exit.h"

namespace runbook::cli {

int exit_of(const Error& error) {
  switch (error.code) {
    case Code::kUsage:
    case Code::kConfig:
    case Code::kPlaybook:
    case Code::kNotFound:
      return 2;
    case Code::kDeclined:
      return 3;
    case Code::kUnasked:
      return 4;
    case Code::kRefused:
    case Code::kStale:
    case Code::kDenied:
      return 8;
    case Code::kAudit:
      return 9;
    case Code::kTimeout:
      return 124;
    case Code::kCancelled:
      return 130;
    default:
      return 1;
  }
}

}  // namespace runbook::cli
