#include "tools/study/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.h"
#include "engine/results/atomic_file.h"
#include "engine/statistics/distributions.h"
#include "tools/progress.h"
#include "tools/study/study_values.h"

namespace interstice::cli {
namespace {

constexpr double kTolerance = 1e-4;  ///< of a search, in widths of the box

std::vector<FitParameter> parameters_of(const StudyFit& fit) {
  std::vector<FitParameter> all;
  for (const FittedParameter& p : fit.parameters) all.push_back({p.name, p.start, p.low, p.high, p.logarithmic});
  return all;
}

double scaled(const FittedParameter& parameter, double value) {
  return parameter.logarithmic ? std::log(value) : value;
}
double width_of(const FittedParameter& parameter) {
  return scaled(parameter, parameter.high) - scaled(parameter, parameter.low);
}

std::string with_unit(const FittedParameter& parameter, double value) {
  return fmt::format("{:.4g}{}{}", value, parameter.unit.empty() ? "" : " ", parameter.unit);
}

/// How another parameter moves when this one is held elsewhere, over the part of the profile that fits.
struct Trade {
  const FittedParameter* other = nullptr;
  double share = 0;  ///< of its range that it moves by
  double slope = 0;  ///< its change over that of this one, both as they are searched
  double from = 0, to = 0;
};

/// The parameter that moves most; empty where none moves by a tenth of its range.
std::optional<Trade> strongest_trade(const StudyFit& fit, std::size_t held, const ParameterProfile& profile) {
  std::vector<const std::vector<double>*> fitting;
  for (std::size_t k = 0; k < profile.place.size(); ++k)
    if (profile.rise[k] <= profile.threshold) fitting.push_back(&profile.place[k]);
  if (fitting.size() < 2) return std::nullopt;
  const auto &first = *fitting.front(), &last = *fitting.back();
  std::optional<Trade> most;
  const double own = scaled(fit.parameters[held], last[held]) - scaled(fit.parameters[held], first[held]);
  for (std::size_t j = 0; j < fit.parameters.size(); ++j) {
    const FittedParameter& other = fit.parameters[j];
    const double moved = scaled(other, last[j]) - scaled(other, first[j]);
    const double share = std::abs(moved) / width_of(other);
    if (j == held || share < 0.1 || (most && share <= most->share)) continue;
    most = Trade{&other, share, moved / own, first[j], last[j]};
  }
  return most;
}

/// What takes the place of a parameter that can be many things.
std::string trade_text(const StudyFit& fit, std::size_t held, const ParameterProfile& profile) {
  const FittedParameter& own = fit.parameters[held];
  const auto trade = strongest_trade(fit, held, profile);
  if (!trade) return "the data hardly depend on it";
  const FittedParameter& other = *trade->other;
  if (own.logarithmic && other.logarithmic && std::abs(std::abs(trade->slope) - 1) < 0.1)
    return trade->slope < 0 ? fmt::format("only {} x {} counts", own.name, other.name)
                            : fmt::format("only {} / {} counts", own.name, other.name);
  return fmt::format("{} makes up for it, from {} to {}", other.name, with_unit(other, trade->from),
                     with_unit(other, trade->to));
}

std::string why_text(const StudyFit& fit, std::size_t held, const ParameterProfile& profile) {
  const FittedParameter& own = fit.parameters[held];
  using Verdict = ParameterProfile::Verdict;
  switch (profile.verdict) {
    case Verdict::identifiable:
      return "95 % interval of its profile";
    case Verdict::bounded_above:
      return fmt::format("anything down to {} fits: {}", with_unit(own, own.low), trade_text(fit, held, profile));
    case Verdict::bounded_below:
      return fmt::format("anything up to {} fits: {}", with_unit(own, own.high), trade_text(fit, held, profile));
    case Verdict::not_identifiable:
      break;
  }
  return fmt::format("anything from {} to {} fits: {}", with_unit(own, own.low), with_unit(own, own.high),
                     trade_text(fit, held, profile));
}

/// A search, and what is needed to repeat it with other standard deviations.
class Fitter {
 public:
  Fitter(const StudyFit& fit, std::uint64_t seed, FitRuns& runs, const std::function<void(const std::string&)>& tell)
      : fit_(fit), runs_(runs), tell_(tell), parameters_(parameters_of(fit)) {
    options_ = {.starts = fit.starts, .tolerance = kTolerance, .seed = seed, .known_errors = fit.known_errors};
    for (const Datum& datum : fit.data) result_.sd.push_back(datum.sd);
  }

  FitResult run() {
    search();
    if (add_run_noise()) search_from_best();
    constexpr int kMostTimes = 5;
    for (int time = 1; time <= kMostTimes && !follow_profiles(time == kMostTimes); ++time) search_from_best();
    for (std::size_t i = 0; i < fit_.parameters.size(); ++i)
      result_.why.push_back(why_text(fit_, i, result_.profiles[i]));
    result_.best = runs_.at(result_.fit.value);
    return std::move(result_);
  }

 private:
  [[nodiscard]] std::vector<double> residuals(std::span<const double> values) {
    const Prediction said = runs_.at(values);
    std::vector<double> all;
    for (std::size_t d = 0; d < fit_.data.size(); ++d)
      all.push_back((said.mean[d] - fit_.data[d].value) / result_.sd[d]);
    return all;
  }
  [[nodiscard]] Residuals residuals() {
    return [this](std::span<const double> values) { return residuals(values); };
  }

  void search() {
    tell_(fmt::format("{} from {} starts", counted(parameters_.size(), "parameter"), options_.starts));
    try {
      result_.fit = fit_least_squares(residuals(), parameters_, options_);
    } catch (const InputError& error) {
      if (runs_.runs_failed() == 0) throw;
      throw InputError(fmt::format("{}: {}", error.what(), runs_.first_failure()));
    }
  }

  void search_from_best() {
    auto parameters = parameters_;
    for (std::size_t i = 0; i < parameters.size(); ++i) parameters[i].start = result_.fit.value[i];
    FitOptions options = options_;
    options.starts = 1;
    const std::size_t agreeing = result_.fit.agreeing;
    result_.fit = fit_least_squares(residuals(), parameters, options);
    result_.fit.agreeing = agreeing;
  }

  /// Whether there is any.
  bool add_run_noise() {
    if (!fit_.add_run_noise) return false;
    const Prediction said = runs_.at(result_.fit.value);
    bool any = false;
    for (std::size_t d = 0; d < fit_.data.size(); ++d) {
      any = any || said.error[d] > 1e-3 * result_.sd[d];
      result_.sd[d] = std::hypot(fit_.data[d].sd, said.error[d]);
    }
    return any;
  }

  /// False where one of them finds a better fit, which is the best then. The last time all are made all the same, and
  /// the search has not converged.
  bool follow_profiles(bool last) {
    result_.profiles.clear();
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      tell_(fmt::format("sum of squares {:.4g}; profile of {}", result_.fit.sum_of_squares, parameters_[i].name));
      result_.profiles.push_back(profile_likelihood(residuals(), parameters_, result_.fit, i, options_));
      const auto& better = result_.profiles.back().better;
      if (!better || better->sum_of_squares > result_.fit.sum_of_squares - negligible_rise(result_.fit, options_))
        continue;
      result_.fit.value = better->value;
      if (last) {
        result_.fit.converged = false;
        continue;
      }
      return false;
    }
    return true;
  }

  const StudyFit& fit_;
  FitRuns& runs_;
  const std::function<void(const std::string&)>& tell_;
  std::vector<FitParameter> parameters_;
  FitOptions options_;
  FitResult result_;
};

std::string end_text(const FittedParameter& parameter, const Censored& end) {
  return end.is_within() ? with_unit(parameter, end.value) : "?";
}

}  // namespace

FitResult fit_parameters(const StudyFit& fit, std::uint64_t seed, FitRuns& runs,
                         const std::function<void(const std::string&)>& tell) {
  return Fitter(fit, seed, runs, tell).run();
}

void write_fit(const Study& study, const FitResult& result, const StudyDirectory& directory) {
  const StudyFit& fit = *study.fit;
  const auto end = [](const Censored& c) { return c.is_within() ? csv_number(c.value) : ""; };
  std::string table = "name,key,unit,estimate,low,high,identifiable,why\n";
  std::string profiles = "name,unit,value,rise,threshold\n";
  for (std::size_t i = 0; i < fit.parameters.size(); ++i) {
    const FittedParameter& p = fit.parameters[i];
    const ParameterProfile& profile = result.profiles[i];
    table += fmt::format("{},{},{},{},{},{},{},{}\n", csv_text(p.name), csv_text(p.keys.front()), csv_text(p.unit),
                         csv_number(result.fit.value[i]), end(profile.low), end(profile.high), name_of(profile.verdict),
                         csv_text(result.why[i]));
    for (std::size_t k = 0; k < profile.at.size(); ++k)
      profiles += fmt::format("{},{},{},{},{}\n", csv_text(p.name), csv_text(p.unit), csv_number(profile.at[k]),
                              csv_number(profile.rise[k]), csv_number(profile.threshold));
  }
  std::string residuals = "line,time_s,of,arm,unit,value,sd,model,sd_with_runs,residual\n";
  for (std::size_t d = 0; d < fit.data.size(); ++d) {
    const Datum& datum = fit.data[d];
    residuals += fmt::format("{},{},{},{},{},{},{},{},{},{}\n", datum.line, csv_number(datum.time), csv_text(datum.of),
                             csv_text(study.arms[datum.arm]), csv_text(datum.unit), csv_number(datum.value),
                             csv_number(datum.sd), csv_number(result.best.mean[d]), csv_number(result.sd[d]),
                             csv_number((result.best.mean[d] - datum.value) / result.sd[d]));
  }
  write_file_atomically(directory.path() / "fit_profiles.csv", profiles);
  write_file_atomically(directory.path() / "fit_residuals.csv", residuals);
  write_file_atomically(directory.path() / "fit.csv", table);
}

std::string fit_page(const Study& study, const FitResult& result, const FitRuns& runs) {
  const StudyFit& fit = *study.fit;
  const auto identifiable =
      std::ranges::count(result.profiles, ParameterProfile::Verdict::identifiable, &ParameterProfile::verdict);
  std::string page = fmt::format("{}: {} of {} identifiable by {} data of {}.\n\n", study.title, identifiable,
                                 counted(fit.parameters.size(), "parameter"), fit.data.size(), fit.file);
  std::size_t widest = 0;
  for (const FittedParameter& p : fit.parameters) widest = std::max(widest, p.name.size());
  for (std::size_t i = 0; i < fit.parameters.size(); ++i) {
    const FittedParameter& p = fit.parameters[i];
    const ParameterProfile& profile = result.profiles[i];
    page += fmt::format("  {:<{}}  {:<16} {} to {}\n  {:<{}}  {}: {}\n", p.name, widest,
                        with_unit(p, result.fit.value[i]), end_text(p, profile.low), end_text(p, profile.high), "",
                        widest, name_of(profile.verdict), result.why[i]);
  }
  const auto freedom = static_cast<double>(fit.data.size() - fit.parameters.size());
  const double most = chi_squared_quantile(0.95, freedom);
  page += fmt::format("\n  Sum of squares {:.4g} with {:g} degrees of freedom", result.fit.sum_of_squares, freedom);
  if (fit.known_errors)
    page += result.fit.sum_of_squares > most
                ? fmt::format(": chance gives more than {:.4g} in 5 %, so the scenario or the sd of the data is wrong",
                              most)
                : fmt::format(", as chance gives (up to {:.4g} in 95 %)", most);
  page += fmt::format(".\n  {} of {} led there.{}\n", result.fit.agreeing, counted(fit.starts, "start"),
                      result.fit.converged ? "" : " The last search did not end by itself: the fit may be better.");
  page += study.replicates == 1
              ? "  One replicate: the noise of the run itself is not in the intervals.\n"
              : fmt::format("  {} replicates, the same noise for all values; the noise of their mean is {}.\n",
                            study.replicates, fit.add_run_noise ? "added to the sd of the data" : "left out");
  page += fmt::format(
      "  {} of the parameters, {}, {} known before{}.\n", counted(runs.sets_of_values(), "set"),
      counted(runs.runs_done(), "run"), runs.runs_known(),
      runs.runs_failed() == 0 ? "" : fmt::format(", {} failed ({})", runs.runs_failed(), runs.first_failure()));
  return page;
}

}  // namespace interstice::cli
