// Carrying out changes of a Grafana.
#include "primitive/change/appliers.h"
#include "primitive/change/ask_http.h"

namespace runbook::primitive {

std::vector<safety::Applier> grafana_appliers(Reach& reach) {
  const auto apply = [&reach](const safety::Target& target, const safety::Change& /*change*/,
                              const guard::Permit& permit) { return send_document(reach, target, permit); };
  return {{.row = "grafana.annotate", .apply = apply}, {.row = "grafana.unannotate", .apply = apply}};
}

}  // namespace runbook::primitive
