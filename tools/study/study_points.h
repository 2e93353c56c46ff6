/// @file
/// What varies in a study as numbers: along which axes, where the points lie on them, and what the scenario itself has.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/study/study.h"

namespace interstice::cli {

/// The values of an axis of one column where they are numbers that grow from zero or more; otherwise empty.
std::vector<double> growing_numbers(const StudyAxis& axis);

/// How many points further a step along axis a is.
std::uint64_t stride_along(const Study& study, std::size_t a);

/// Which value of axis a a point has.
std::size_t place_along(const Study& study, std::size_t a, std::uint64_t point);

/// Whether axes of single arms, but one, stand at their first values at a point: there arms are as they are.
bool is_as_it_is(const Study& study, std::uint64_t point, std::optional<std::size_t> but = std::nullopt);

/// Whether a point is one from which axis a starts.
bool starts_along(const Study& study, std::size_t a, std::uint64_t point);

/// How many axes there are beside the one that the samples make.
std::size_t axes_beside_samples(const Study& study);

/// How many points differ by what was sampled alone: 1 where nothing is.
std::uint64_t samples_per_place(const Study& study);

/// "dose 10 ug, size 80 nm ...": where a point lies on the axes beside the samples, of several columns by the first;
/// without axis `but` and axes of single arms.
std::string where_of(const Study& study, std::uint64_t point, std::optional<std::size_t> but = std::nullopt);

/// What the scenario itself has under a key, in this unit; empty where that is no number.
std::optional<double> own_value(const Study& study, const std::string& key, const std::string& unit);

/// The point nearest to what the scenario itself has, on axes of numbers by their ratio; of the others and of those of
/// single arms the first value, and of the samples the first. Its index.
std::uint64_t point_nearest_to_own(const Study& study);

/// Numbers of a list that are finite.
std::size_t count_of(const std::vector<double>& values);

/// Their mean; NaN of none.
double mean_of(const std::vector<double>& values);

}  // namespace interstice::cli
