/// @file
/// Grid, walls, regions, reservoirs and the schedule.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <ranges>
#include <set>

#include "engine/fields/regions.h"
#include "engine/scenario/build/build_problem.h"
#include "engine/scenario/build/label_image.h"

namespace interstice {

std::optional<std::size_t> key_index(const Value& map, std::string_view name) {
  const auto found = std::ranges::find(map.keys, name);
  if (found == map.keys.end()) return std::nullopt;
  return static_cast<std::size_t>(found - map.keys.begin());
}

Vec3 point(const Value& v) { return {v.items[0].number, v.items[1].number, v.items[2].number}; }

Spacing voxel_edges(const Value& spacing) {
  return spacing.items.empty() ? Spacing(spacing.number) : Spacing(point(spacing));
}

std::vector<std::uint8_t> region_mask(const BuildContext& context, const Value& in) {
  const Value& regions = context.root["regions"];
  std::vector<std::uint8_t> mask(regions.keys.size(), 0);
  const auto allow = [&](const Value& name) {
    if (name.text == "all") std::ranges::fill(mask, 1);
    if (const auto i = key_index(regions, name.text); i && *i < mask.size()) mask[*i] = 1;
  };
  if (in.items.empty()) allow(in);
  for (const Value& name : in.items) allow(name);
  return mask;
}

Nanoseconds to_nanoseconds(const BuildContext& context, const Value& time) {
  if (!time.valid) return 0;
  const double exact = time.number * 1e9;
  if (exact > 9e18) {
    context.report(time, fmt::format("{} is too long (at most 285 years)", time.text));
    return 0;
  }
  const auto whole = static_cast<Nanoseconds>(std::llround(exact));
  if (whole < 1 || std::abs(exact - static_cast<double>(whole)) > 1e-12 * exact + 1e-6)
    context.report(time, fmt::format("{} is not a whole number of nanoseconds", time.text));
  return whole;
}

namespace {

/// The condition of a face: its own, else its axis', else that for all. Null where none is given.
const Value* face_value(const Value& faces, int face) {
  const std::string name = kFaceNames[static_cast<std::size_t>(face)];
  for (const std::string& key : {name, name.substr(0, 1), std::string("all")})
    if (const Value* v = faces.find(key)) return v;
  return nullptr;
}

void build_grid(const BuildContext& context, Problem& problem) {
  const Value& domain = context.root["domain"];
  const Value &size = domain["size"], &spacing = domain["spacing"];
  if (!size.sound() || !spacing.sound()) return;
  problem.grid.spacing = voxel_edges(spacing);
  int* const n[3] = {&problem.grid.nx, &problem.grid.ny, &problem.grid.nz};
  double voxels = 1;
  for (std::size_t a = 0; a < 3; ++a) {
    const double count = size.items[a].number / problem.grid.spacing[a], whole = std::round(count);
    voxels *= std::max(whole, 1.0);
    if (whole < 1 || std::abs(count - whole) > 1e-9 * count)
      context.report(size.items[a], fmt::format("{} is not a multiple of the spacing {}", size.items[a].text,
                                                spacing.items.empty() ? spacing.text : spacing.items[a].text));
    else if (voxels <= 4e9)
      *n[a] = static_cast<int>(whole);
  }
  if (voxels <= 4e9) return;
  context.report(spacing, fmt::format("{:.2g} voxels are more than 4e9; use a wider spacing", voxels));
  problem.grid = Grid{.spacing = voxel_edges(spacing)};
}

void build_walls(const BuildContext& context, Problem& problem) {
  const Value& boundary = context.root["domain"]["boundary"];
  for (std::size_t face = 0; face < 6; ++face) {
    const Value* v = face_value(boundary, static_cast<int>(face));
    if (v == nullptr || !v->valid) continue;
    if (v->text == "periodic") problem.walls[face] = Wall::periodic;
    if (v->text == "absorbing") problem.walls[face] = Wall::absorbing;
    if (v->has("reactive")) {
      problem.walls[face] = Wall::reactive;
      problem.reactivity_of_face[face] = (*v)["reactive"].number;
    }
    if (!v->has("reservoir")) continue;
    problem.walls[face] = Wall::reservoir;
    if (const auto r = key_index(context.root["reservoirs"], (*v)["reservoir"].text))
      problem.reservoir_of_face[face] = ReservoirId{static_cast<std::uint8_t>(*r)};
  }
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::size_t low = 2 * axis, high = low + 1;
    if ((problem.walls[low] == Wall::periodic) == (problem.walls[high] == Wall::periodic)) continue;
    const std::size_t face = problem.walls[low] == Wall::periodic ? low : high;
    const Value* v = face_value(boundary, static_cast<int>(face));
    if (boundary.sound())
      context.report(
          *v, fmt::format("periodic on {} but not on {} (both faces of an axis, or neither); write '{}: periodic'",
                          kFaceNames[face], kFaceNames[face == low ? high : low],
                          std::string(kFaceNames[face]).substr(0, 1)));
  }
}

/// What a region is put together of; nothing where it was refused.
std::vector<Shape> shapes_of(const Value& v) {
  if (!v.sound()) return {};
  if (v.text == "everywhere") return {Everywhere{}};
  const auto box_of = [](const Value& box) -> Shape { return BoxShape{point(box["from"]), point(box["to"])}; };
  if (const Value* box = v.find("box")) return {box_of(*box)};
  if (const Value* s = v.find("sphere")) return {SphereShape{point((*s)["centre"]), (*s)["radius"].number}};
  if (const Value* boxes = v.find("boxes")) {
    std::vector<Shape> all;
    for (const Value& box : boxes->items) all.push_back(box_of(box));
    return all;
  }
  const Value& c = v["cylinder"];
  const auto axis = static_cast<Axis>(c["axis"].text[0] - 'x');
  return {CylinderShape{axis,
                        {c["centre"].items[0].number, c["centre"].items[1].number},
                        c["radius"].number,
                        c["from"].number,
                        c["to"].number}};
}

bool from_below_to(const BuildContext& context, const Value& shape) {
  if (!shape.sound()) return true;
  const auto wrong = [&](const Value& from, const Value& to) {
    if (from.number < to.number) return false;
    context.report(from,
                   fmt::format("starts at {} and ends at {} (the start must lie below the end)", from.text, to.text));
    return true;
  };
  if (const Value* c = shape.find("cylinder")) return !wrong((*c)["from"], (*c)["to"]);
  const auto sound = [&](const Value& box) {
    for (std::size_t a = 0; a < 3; ++a)
      if (wrong(box["from"].items[a], box["to"].items[a])) return false;
    return true;
  };
  if (const Value* box = shape.find("box")) return sound(*box);
  return std::ranges::all_of(shape["boxes"].items, sound);
}

void paint_image(const BuildContext& context, const Value& v, RegionId id, Problem& problem) {
  if (!v.has("label")) {
    context.report(v["image"], "an image needs the `label` of the region (expected image: FILE, label: 3)");
    return;
  }
  if (!v["image"].valid || !v["label"].valid) return;
  try {
    const auto labels = read_label_image(v["image"].text, v["dataset"].text, problem.grid);
    const std::vector<std::int64_t> wide(labels.begin(), labels.end());
    const auto label = static_cast<std::int64_t>(v["label"].number);
    paint(problem.regions, problem.grid, id, wide, label);
    if (std::ranges::find(wide, label) != wide.end()) return;
    const std::set<std::int64_t> there(wide.begin(), wide.end());
    context.report(v["label"],
                   fmt::format("no voxel has label {} in this image (expected one of: {}{})", label,
                               fmt::join(there | std::views::take(16), ", "), there.size() > 16 ? ", ..." : ""));
  } catch (const InputError& e) {
    context.report(v["image"], e.what());
  }
}

Region region_of(const BuildContext& context, std::size_t i) {
  const Value& v = context.root["regions"].items[i];
  Region region;
  region.name = context.root["regions"].keys[i];
  region.volume_fraction = v["volume_fraction"].valid ? v["volume_fraction"].number : 1;
  const Value& medium = context.root["media"][v["medium"].text];
  region.viscosity = v["viscosity"].valid        ? v["viscosity"].number
                     : medium["viscosity"].valid ? medium["viscosity"].number
                                                 : 1;
  region.vesicle_partition = v["vesicle_partition"].number;
  if (v["vesicle_half_life"].valid) region.vesicle_clearance = std::numbers::ln2 / v["vesicle_half_life"].number;
  if ((region.name == "fluid" || region.name == "tissue") && v["medium"].valid && v["medium"].text != region.name)
    context.diagnostics.report(
        context.root["regions"].key_places[i], v.path,
        fmt::format("'{0}' is a medium too, and this region's is {1} (species give their diffusivity by either); "
                    "choose another name or make its medium {0}",
                    region.name, v["medium"].text));
  return region;
}

void paint_region(const BuildContext& context, std::size_t i, Problem& problem) {
  const Value& regions = context.root["regions"];
  const Value &v = regions.items[i], &shape = v["shape"];
  const auto id = static_cast<RegionId>(i);
  if (v.has("shape") == v.has("image")) {
    if (v.valid) context.report(v, "needs either a shape or an image");
    return;
  }
  if (regions.keys[i] == context.painting.front() &&
      (v.has("image") || (shape.sound() && shape.text != "everywhere"))) {
    context.report(v.has("image") ? v["image"] : shape,
                   "the first region fills the domain (expected shape: everywhere)");
    return;
  }
  const Value& domain = context.root["domain"];
  if (!domain["size"].sound() || !domain["spacing"].sound() || context.complained("domain.size") ||
      context.complained("domain.spacing"))
    return;
  if (v.has("image"))
    paint_image(context, v, id, problem);
  else if (!from_below_to(context, shape))
    return;
  else
    for (const Shape& part : shapes_of(shape)) paint(problem.regions, problem.grid, id, part);
  if (v.sound() && !context.complained(v.path) &&
      std::ranges::find(problem.regions.of_voxel, static_cast<std::uint8_t>(i)) == problem.regions.of_voxel.end())
    context.report(v.has("image") ? v["label"] : shape,
                   "covers the centre of no voxel (is it outside the domain, or thinner than the spacing?)");
}

Phase phase_of(const BuildContext& context, const Value& v) {
  Phase phase{.until = to_nanoseconds(context, v["until"]),
              .transport = to_nanoseconds(context, v["transport"]),
              .series = to_nanoseconds(context, v["series"])};
  // A stage that nobody uses keeps step with transport, unless its own step fits.
  const bool vesicles = !context.root["vesicles"].keys.empty(), cells = !context.root["cell_types"].keys.empty();
  const auto step_of = [&](const char* name, bool needed, bool in_use) {
    if (needed && v.valid && !v.has(name))
      context.diagnostics.report(v.place, v.path + "." + name,
                                 fmt::format("missing (there are {}) give a step for them", name));
    const Nanoseconds own = v[name].valid ? to_nanoseconds(context, v[name]) : 0;
    const bool fits = own > 0 && phase.transport > 0 && (own % phase.transport == 0 || phase.transport % own == 0) &&
                      phase.until % std::min(own, phase.transport) == 0;
    return own > 0 && (in_use || fits) ? own : phase.transport;
  };
  phase.vesicles = step_of("vesicles", vesicles, vesicles || cells);
  phase.cells = step_of("cells", cells, cells);
  return phase;
}

void check_phase(const BuildContext& context, const Value& v, const Phase& phase, Nanoseconds start) {
  const Nanoseconds step = std::min({phase.transport, phase.vesicles, phase.cells});
  if (!v.sound() || step < 1 || phase.series < 1) return;
  const std::pair<const char*, Nanoseconds> steps[] = {
      {"transport", phase.transport}, {"vesicles", phase.vesicles}, {"cells", phase.cells}, {"series", phase.series}};
  for (const auto& [name, length] : steps)
    if (length % step != 0)
      context.report(v[name], fmt::format("{} is not a multiple of the smallest step of this phase, {:.9g} s",
                                          v[name].text, seconds(step)));
  // What cells secrete and spill is followed over whole transport steps; cells move at the vesicle steps, with the
  // velocity that they chose at theirs.
  const bool cells = !context.root["cell_types"].keys.empty();
  if (cells && phase.cells % step == 0 && phase.cells % phase.transport != 0)
    context.report(v["cells"],
                   fmt::format("{} is not a multiple of the transport step {} (what cells release is followed over "
                               "whole transport steps); use a multiple of it",
                               v["cells"].text, v["transport"].text));
  else if (cells && phase.cells % step == 0 && phase.vesicles % step == 0 && phase.cells % phase.vesicles != 0)
    context.report(v["cells"], fmt::format("{} is not a multiple of the vesicle step {} (cells move at the vesicle "
                                           "steps, as they decided at theirs); use a multiple of it",
                                           v["cells"].text, v["vesicles"].text));
  if (phase.until <= start)
    context.report(v["until"], fmt::format("{} is not after the end of the phase before, {:.9g} s", v["until"].text,
                                           seconds(start)));
  else if ((phase.until - start) % step != 0)
    context.report(v["until"],
                   fmt::format("the phase lasts {:.9g} s, which is not a multiple of its smallest step, {:.9g} s",
                               seconds(phase.until - start), seconds(step)));
}

}  // namespace

void build_space(const BuildContext& context, Problem& problem) {
  build_grid(context, problem);
  build_walls(context, problem);
  problem.regions.of_voxel.assign(problem.grid.voxel_count(), 0);
  const std::size_t regions = std::min<std::size_t>(context.painting.size(), 255);
  for (std::size_t i = 0; i < regions; ++i) problem.regions.regions.push_back(region_of(context, i));
  for (const std::string& name : context.painting)
    if (const auto i = key_index(context.root["regions"], name); i && *i < regions) paint_region(context, *i, problem);
}

void build_schedule(const BuildContext& context, Problem& problem) {
  const Value& time = context.root["time"];
  Nanoseconds start = 0;
  bool comparable = true;
  for (const Value& v : time.items) {
    const Phase phase = phase_of(context, v);
    if (comparable) check_phase(context, v, phase, start);
    comparable = v["until"].valid && !context.complained(v["until"].path);
    start = phase.until;
    problem.schedule.phases.push_back(phase);
  }
}

namespace {

/// Once all reservoirs are known.
void vesicle_transfers(const BuildContext& context, Problem& problem) {
  const Value& reservoirs = context.root["reservoirs"];
  for (std::size_t i = 0; i < reservoirs.items.size(); ++i) {
    const Value& transfers = reservoirs.items[i]["vesicle_transfer"];
    for (std::size_t k = 0; k < transfers.items.size(); ++k) {
      const auto to = key_index(reservoirs, transfers.keys[k]);
      const auto region = key_index(context.root["regions"], transfers.keys[k]);
      if (to && problem.reservoirs[*to].represents != problem.reservoirs[i].represents)
        context.report(
            transfers.items[k],
            fmt::format("{} represents {} patches and {} {} (vesicles are counted in the share of one patch) "
                        "give both the same `represents`",
                        reservoirs.keys[i], problem.reservoirs[i].represents, reservoirs.keys[*to],
                        problem.reservoirs[*to].represents));
      if (to == i) context.report(transfers.items[k], "vesicles cannot go from a reservoir to itself");
      if (region && problem.regions.regions[*region].vesicle_partition == 0)
        context.report(transfers.items[k], "the region keeps vesicles out (its vesicle_partition is 0)");
      problem.reservoirs[i].vesicle_transfers.push_back({.reservoir = to ? static_cast<int>(*to) : -1,
                                                         .region = region ? static_cast<int>(*region) : -1,
                                                         .rate = transfers.items[k].number});
    }
  }
}

/// Place of a reservoir or region among both, and how many patches share it.
struct TransferPlace {
  std::size_t place = 0;
  double represents = 1;
};

std::optional<TransferPlace> transfer_place(const BuildContext& context, const Problem& problem, const Value& at,
                                            const std::string& name) {
  if (const auto r = key_index(context.root["reservoirs"], name)) return {{*r, problem.reservoirs[*r].represents}};
  const auto region = key_index(context.root["regions"], name);
  if (!region) return std::nullopt;
  if (std::ranges::find(problem.regions.of_voxel, static_cast<std::uint8_t>(*region)) ==
      problem.regions.of_voxel.end()) {
    context.report(at, fmt::format("{} holds no voxel (other regions are painted over it)", name));
    return std::nullopt;
  }
  return {{problem.reservoirs.size() + *region, 1}};
}

void species_transfers(const BuildContext& context, Problem& problem) {
  const Value& all = context.root["species"];
  for (std::size_t s = 0; s < all.items.size() && s < problem.species.size(); ++s) {
    const Value& sources = all.items[s]["transfer"];
    for (std::size_t i = 0; i < sources.items.size(); ++i)
      for (std::size_t k = 0; k < sources.items[i].items.size(); ++k) {
        const Value& rate = sources.items[i].items[k];
        const auto from = transfer_place(context, problem, rate, sources.keys[i]),
                   to = transfer_place(context, problem, rate, sources.items[i].keys[k]);
        if (!from || !to || !rate.valid) continue;
        if (from->place == to->place) context.report(rate, "a species cannot go from a place to itself");
        if (from->represents != to->represents)
          context.report(rate,
                         fmt::format("{} represents {} patches and {} {} (amounts are those in the share of one "
                                     "patch) give both the same `represents`; a region has 1",
                                     sources.keys[i], from->represents, sources.items[i].keys[k], to->represents));
        problem.species[s].transfers.push_back({.from = from->place, .to = to->place, .rate = rate.number});
      }
  }
}

}  // namespace

void build_reservoirs(const BuildContext& context, Problem& problem) {
  const Value& reservoirs = context.root["reservoirs"];
  for (std::size_t i = 0; i < reservoirs.items.size(); ++i) {
    const Value& v = reservoirs.items[i];
    Reservoir r;
    r.name = reservoirs.keys[i];
    if (context.root["regions"].has(r.name))
      context.diagnostics.report(reservoirs.key_places[i], v.path,
                                 "a region is called so already (a species may start differently in either); choose "
                                 "another name");
    r.volume = v["volume"].number;
    r.represents = v["represents"].number;
    if (v["vesicle_half_life"].valid) r.vesicle_clearance = std::numbers::ln2 / v["vesicle_half_life"].number;
    for (const Reaction& reaction : problem.chemistry.reactions) {
      const Value* copies = reaction.enzyme.empty() ? nullptr : v["enzymes"].find(reaction.enzyme);
      r.enzyme_copies.push_back(copies == nullptr ? 0 : copies->number);
    }
    problem.reservoirs.push_back(std::move(r));
  }
  vesicle_transfers(context, problem);
  species_transfers(context, problem);
}

}  // namespace interstice
