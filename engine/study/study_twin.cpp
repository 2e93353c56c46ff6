#include <fmt/format.h>

#include "engine/study/study.h"

namespace interstice {

Study check_of(const Study& study, const LoadOptions& options, const ModelRegistry& registry) {
  Study check = study;
  check.title += ", in the scenario that the twin stands for";
  LoadOptions here = options;
  here.parameters = study.scenario.parameter_set;
  here.sets = study.sets;
  check.scenario = load_scenario(study.scenario.twin_of, here, registry);
  check.replicates = study.check.replicates.value_or(study.replicates);
  for (StudyAxis& axis : check.axes)
    if (!axis.arms.empty()) axis.values.resize(1);
  if (check.samples) {
    auto& points = check.axes.back().values;
    points.resize(std::min<std::size_t>(points.size(), study.check.points));
  }
  return check;
}

}  // namespace interstice
