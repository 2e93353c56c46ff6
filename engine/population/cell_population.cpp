#include "engine/population/cell_population.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <unordered_set>
#include <vector>

#include "engine/cells/cell_seeding.h"
#include "engine/cells/cell_states.h"
#include "engine/cells/cell_update.h"
#include "engine/core/box.h"
#include "engine/core/name_key.h"
#include "engine/vesicles/counts/vesicle_counts.h"
#include "engine/vesicles/fates.h"
#include "engine/vesicles/vesicle_properties.h"

namespace interstice {

namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
constexpr double kJustOutside = 1e-3;  ///< a freed vesicle does not start inside the next cell test [um]

/// What happens to the cells of before, by their old index.
struct Changes {
  explicit Changes(std::size_t cells) : removed(cells, 0), daughter(cells, kNone), old_centre(cells) {}

  std::vector<std::uint8_t> removed;
  std::vector<std::uint32_t> daughter;  ///< index of the newborn, kNone without
  std::vector<Vec3> old_centre;         ///< of dividing cells
  bool any_removed = false, any_birth = false, any_change = false;
};

/// A cell that spills what it holds does not divide.
bool divides(const Cells& cells, std::size_t c, std::uint8_t fate, const CellEnvironment& environment) {
  return fate == static_cast<std::uint8_t>(CellFate::divide) &&
         environment.types[index(cells.type[c])].states[cells.state[c]].spills.empty();
}

void place(Cells& cells, std::size_t c, Vec3 p, const Box& box) {
  const Vec3 inside = into_box(p, box, cells.radius[c]);
  cells.x[c] = inside.x;
  cells.y[c] = inside.y;
  cells.z[c] = inside.z;
}

/// Id of the parent's next child. Should another cell have it already, further hashes are tried: which ones depends on
/// the cells that live, not on the order in which they came.
AgentId newborn_id(AgentId parent, std::uint32_t ordinal, const std::unordered_set<AgentId>& taken) {
  AgentId id = child_id(parent, ordinal);
  for (std::uint64_t attempt = 1; taken.contains(id); ++attempt) id = child_id(parent, ordinal + (attempt << 32));
  return id;
}

/// What the newborn gets of its parent's number, which changes accordingly.
template <class T>
T inherit(T& of_parent, AtDivision how) {
  switch (how) {
    case AtDivision::begin_anew:
      return T{};
    case AtDivision::halve:
      if constexpr (std::is_arithmetic_v<T>) of_parent = static_cast<T>(of_parent / 2);
      break;
    case AtDivision::increment:
      if constexpr (std::is_arithmetic_v<T>) of_parent = static_cast<T>(of_parent + 1);
      break;
    case AtDivision::decrement:
      if constexpr (std::is_arithmetic_v<T>) of_parent = static_cast<T>(of_parent - 1);
      break;
    case AtDivision::clear:
      of_parent = T{};
      break;
    case AtDivision::copy:
      break;
  }
  return of_parent;
}

/// Turns a cell into one of the type that its state names. Columns that both types drive keep their values; those that
/// only the new one drives begin anew.
void become(Cells& cells, std::size_t c, const CellEnvironment& environment) {
  const CellType& before = environment.types[index(cells.type[c])];
  const CellTypeId id = *before.states[cells.state[c]].becomes;
  const CellType& after = environment.types[index(id)];
  for (const ColumnDynamics& column : after.columns) {
    const auto same = [&column](const ColumnDynamics& other) { return other.column == column.column; };
    if (std::ranges::any_of(before.columns, same)) continue;
    draw_column(cells, c, column, environment);
  }
  cells.type[c] = id;
  cells.radius[c] = after.radius;
  enter_state(cells, c, after.initial_state, cells.state_since[c], environment);
}

void divide_cell(Cells& cells, std::size_t parent, const CellEnvironment& environment, double now,
                 std::unordered_set<AgentId>& taken) {
  const Vec3 centre = cells.position(parent);
  const AgentId parent_id = cells.id[parent];
  const std::uint32_t ordinal = cells.births[parent]++;
  const Vec3 axis = unit_vector(environment.noise.uniform(Stream::cell_division, parent_id, ordinal, 0),
                                environment.noise.uniform(Stream::cell_division, parent_id, ordinal, 1));
  const Vec3 offset = (0.5 * cells.radius[parent]) * axis;
  for_each_array(cells, environment.columns, [parent](const RowInfo& info, auto& values) {
    values.push_back(inherit(values[parent], info.at_division));  // vesicles are shared out later
  });
  const std::size_t daughter = cells.size() - 1;
  cells.id[daughter] = newborn_id(parent_id, ordinal, taken);
  taken.insert(cells.id[daughter]);
  draw_duration(cells, daughter, environment);
  if (cells.leaves_to[daughter] != kUndecided) leave_undecided(cells, daughter, now);
  place(cells, parent, centre - offset, environment.box);
  place(cells, daughter, centre + offset, environment.box);
}

/// Newcomers beside the cell that drew them in.
void admit(Cells& cells, const Arrival& arrival, const CellEnvironment& environment, const CellStep& step,
           std::unordered_set<AgentId>& taken) {
  const CellType& type = environment.types[index(arrival.type)];
  const AgentId gate = child_id(child_id(cells.id[arrival.beside], ~name_key(type.name)), step.step);
  for (std::uint64_t k = 0; k < arrival.number; ++k) {
    const AgentId id = newborn_id(gate, static_cast<std::uint32_t>(k), taken);
    taken.insert(id);
    const Vec3 direction = unit_vector(environment.noise.uniform(Stream::cell_recruitment, id, step.step, 1),
                                       environment.noise.uniform(Stream::cell_recruitment, id, step.step, 2));
    const Vec3 p = cells.position(arrival.beside) + (cells.radius[arrival.beside] + type.radius) * direction;
    append_cell(cells, arrival.type, id, into_box(p, environment.box, type.radius), step.time + step.dt,
                environment.columns, environment);
    for (const auto& [column, value] : arrival.bring) cells.columns[index(column)].back() = value;
  }
}

void put_on_surface(Vesicles& vesicles, std::size_t v, const Cells& cells, std::size_t host, double gap,
                    const Box& box) {
  const Vec3 centre = cells.position(host);
  Vec3 outward = box.separation(centre, vesicles.position(v));
  const double distance = norm(outward);
  outward = distance > 0 ? (1 / distance) * outward : Vec3{1, 0, 0};
  const Vec3 p = into_box(centre + (cells.radius[host] + gap) * outward, box, 0);
  vesicles.x[v] = p.x;
  vesicles.y[v] = p.y;
  vesicles.z[v] = p.z;
}

/// A vesicle of a cell that divided finds its daughter. `number`: how many real ones it stands for.
void share_out(Vesicles& vesicles, std::size_t v, std::uint64_t number, const VesicleAccounts& accounts,
               const Changes& changes, const CellEnvironment& environment) {
  const Cells& cells = *accounts.cells;
  const std::uint32_t parent = vesicles.host[v], daughter = changes.daughter[parent];
  const Box& box = environment.box;
  const Vec3 here = vesicles.position(v);
  const bool adsorbed = vesicles.state[v] == VesicleState::adsorbed;
  bool leaves = false;
  if (adsorbed) {
    const Vec3 to_parent = box.separation(here, cells.position(parent));
    const Vec3 to_daughter = box.separation(here, cells.position(daughter));
    leaves = dot(to_daughter, to_daughter) < dot(to_parent, to_parent);
  } else {  // keyed by vesicle and newborn: a vesicle may live through many divisions
    const AgentId key = mix64(vesicles.id[v] ^ cells.id[daughter]);
    leaves = environment.noise.uniform(Stream::vesicle_division, key, 0) < 0.5;
  }
  if (leaves) {
    const VesiclePlace place = place_of(vesicles.state[v]);
    accounts.move(index(vesicles.klass[v]), number, {place, parent}, {place, daughter});
    vesicles.host[v] = daughter;
  }
  if (adsorbed) {
    put_on_surface(vesicles, v, cells, vesicles.host[v], 0, box);
    return;
  }
  const Vec3 shift = box.separation(changes.old_centre[parent], cells.position(vesicles.host[v]));
  const Vec3 p = into_box(here + shift, box, 0);
  vesicles.x[v] = p.x;
  vesicles.y[v] = p.y;
  vesicles.z[v] = p.z;
}

/// Vesicles of dying and dividing cells; returns which are gone, ascending.
std::vector<std::size_t> rehost(Vesicles& vesicles, const VesicleAccounts& accounts, const Changes& changes,
                                const CellEnvironment& environment, std::span<const VesicleClass> classes) {
  const Cells& cells = *accounts.cells;
  std::vector<std::size_t> gone;
  for_each_bound(vesicles, 0, vesicles.size(), [&](std::size_t v) {
    const std::uint32_t host = vesicles.host[v];
    const std::size_t klass = index(vesicles.klass[v]);
    const std::uint64_t number = classes[klass].weight;
    if (changes.daughter[host] != kNone) share_out(vesicles, v, number, accounts, changes, environment);
    if (changes.any_change && vesicles.state[v] == VesicleState::adsorbed && changes.removed[host] == 0)
      put_on_surface(vesicles, v, cells, vesicles.host[v], 0, environment.box);  // the radius may be another
    if (changes.removed[host] == 0) return;
    const VesiclePlace place = place_of(vesicles.state[v]), then = info(place).without_host;
    accounts.move(klass, number, {place, host}, {then});
    if (!in_arrays(then)) {
      gone.push_back(v);
      return;
    }
    put_on_surface(vesicles, v, cells, host, kJustOutside, environment.box);
    vesicles.state[v] = state_of(then);
    vesicles.host[v] = kNoHost;
  });
  return gone;
}

/// Drops removed cells, keeping the order; returns the new index of each.
std::vector<std::uint32_t> compact(Cells& cells, std::span<const ColumnSpec> columns,
                                   const std::vector<std::uint8_t>& removed) {
  std::vector<std::uint32_t> new_index(cells.size(), kNone);
  std::uint32_t kept = 0;
  for (std::size_t c = 0; c < cells.size(); ++c)
    if (c >= removed.size() || removed[c] == 0) new_index[c] = kept++;
  for_each_array(cells, columns, [&](const RowInfo&, auto& values) {
    for (std::size_t c = 0; c < values.size(); ++c)
      if (new_index[c] != kNone) values[new_index[c]] = values[c];
    values.resize(kept);
  });
  return new_index;
}

Changes plan_changes(const Cells& cells, std::span<const std::uint8_t> fate, const CellEnvironment& environment) {
  Changes changes(cells.size());
  for (std::size_t c = 0; c < cells.size(); ++c) {
    changes.removed[c] = fate[c] == static_cast<std::uint8_t>(CellFate::remove);
    changes.any_removed = changes.any_removed || changes.removed[c] != 0;
    changes.any_birth = changes.any_birth || divides(cells, c, fate[c], environment);
    changes.any_change = changes.any_change || fate[c] == static_cast<std::uint8_t>(CellFate::become);
  }
  return changes;
}

}  // namespace

bool update_population(Cells& cells, Vesicles& vesicles, std::span<VesicleLedger> ledger,
                       std::span<const std::uint8_t> fate, std::span<const std::vector<Arrival>> arrivals,
                       const CellEnvironment& environment, std::span<const VesicleClass> classes,
                       const CellStep& step) {
  const std::size_t before = cells.size();
  const auto none = [](std::uint8_t f) { return f == static_cast<std::uint8_t>(CellFate::none); };
  const bool any_arrival = !std::ranges::all_of(arrivals, &std::vector<Arrival>::empty);
  if (!any_arrival && std::ranges::all_of(fate.first(before), none)) return false;
  const double now = step.time + step.dt;
  Changes changes = plan_changes(cells, fate, environment);
  if (!changes.any_removed && !changes.any_birth && !changes.any_change && !any_arrival) return false;
  for (std::size_t c = 0; c < before && changes.any_change; ++c)
    if (fate[c] == static_cast<std::uint8_t>(CellFate::become)) become(cells, c, environment);
  if (changes.any_birth || any_arrival) {
    std::unordered_set<AgentId> taken(cells.id.begin(), cells.id.end());
    for (const auto& some : arrivals)
      for (const Arrival& arrival : some) admit(cells, arrival, environment, step, taken);
    for (std::size_t c = 0; c < before; ++c) {
      if (!divides(cells, c, fate[c], environment)) continue;
      changes.old_centre[c] = cells.position(c);
      changes.daughter[c] = static_cast<std::uint32_t>(cells.size());
      divide_cell(cells, c, environment, now, taken);
    }
  }
  const VesicleAccounts accounts{ledger, {}, &cells};
  drop_vesicles(vesicles, rehost(vesicles, accounts, changes, environment, classes));
  rehost_counts(vesicles, accounts, {changes.removed, changes.daughter}, *environment.grid, *environment.regions,
                environment.box, classes, environment.noise);
  if (!changes.any_removed) return true;
  const std::vector<std::uint32_t> new_index = compact(cells, environment.columns, changes.removed);
  for_each_bound(vesicles, 0, vesicles.size(), [&](std::size_t v) { vesicles.host[v] = new_index[vesicles.host[v]]; });
  renumber_hosts_of_counts(vesicles, new_index, cells.size());
  return true;
}

}  // namespace interstice
