/// @file
/// What the sections of the report are built of: headings, figure frames, tables of metrics.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "viz/report/comparison.h"

namespace interstice::viz {

std::string section(std::string_view id, std::string_view title, const std::string& body);
/// A frame that a script of `page/` draws into.
std::string figure(std::string_view id, std::string_view caption, std::string_view controls = {});
std::string details(std::string_view summary, const std::string& body, bool open = false);

/// A folded part of the record. `printed`: it is unfolded on paper.
std::string record(std::string_view id, std::string_view title, std::string_view about, const std::string& body,
                   bool printed = false);

/// One row per metric, one column per arm that has anything to say. Where a heading says what is measured, the labels
/// need only say of what.
std::string metric_table(const Comparison& comparison, const std::vector<std::string>& metrics,
                         const std::string& heading = "quantity", bool short_labels = false);

/// The metrics that say something as a table; the others folded away.
std::string folded_table(const Comparison& comparison, const std::vector<std::string>& metrics);

/// Whether any arm has a value other than zero.
bool speaks(const Comparison& comparison, const std::string& metric);

/// Reporters show what cells do, or which receptor EVs reached: the latter decide nothing.
enum class Kind { phenotype, receptor };
bool is_receptor(const Comparison& comparison, std::string_view metric);

/// A family of metrics of all reporters of a kind, folded away; those with nothing to say are left out, for the answer
/// lists them.
std::string group(const Comparison& comparison, std::string_view family, const std::string& title,
                  Kind kind = Kind::phenotype);

}  // namespace interstice::viz
