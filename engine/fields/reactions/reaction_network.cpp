/// @file
/// Clusters of reacting species and their rate laws.
#include "engine/fields/reactions/reaction_network.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/core/pinned_math.h"

namespace interstice {
namespace {

using Term = Channel::Term;

/// Calls f for every species that takes part in the reaction.
template <class F>
void for_each_species(const Reaction& reaction, const F& f) {
  for (const auto& s : reaction.reactants) f(s.species);
  for (const auto& s : reaction.products) f(s.species);
  if (reaction.law == Reaction::Law::michaelis_menten) {
    f(reaction.michaelis_menten.substrate);
    for (const auto& i : reaction.michaelis_menten.inhibitors) f(i.species);
  }
  if (reaction.law == Reaction::Law::hill) f(reaction.hill.substrate);
}

/// Smallest species index of each species' cluster.
std::vector<std::size_t> cluster_roots(const Chemistry& chemistry, std::size_t species_count) {
  std::vector<std::size_t> root(species_count);
  std::iota(root.begin(), root.end(), std::size_t{0});
  for (bool changed = true; changed;) {
    changed = false;
    for (const Reaction& reaction : chemistry.reactions) {
      std::size_t lowest = species_count;
      for_each_species(reaction, [&](SpeciesId s) { lowest = std::min(lowest, root[index(s)]); });
      for_each_species(reaction, [&](SpeciesId s) {
        changed = changed || root[index(s)] != lowest;
        root[index(s)] = lowest;
      });
    }
  }
  return root;
}

void add_term(std::vector<Term>& terms, int species, double coefficient) {
  const auto known = std::find_if(terms.begin(), terms.end(), [&](const Term& t) { return t.species == species; });
  if (known != terms.end()) {
    known->coefficient += coefficient;
  } else {
    terms.push_back({species, coefficient});
  }
}

/// The reaction as a channel of its own.
Channel compile(const Reaction& reaction, std::size_t id, const std::vector<int>& local, std::size_t region_count) {
  const auto at = [&](SpeciesId s) { return local[index(s)]; };
  Channel channel;
  Channel::Kind& kind = channel.kind;
  Channel::Member& member = channel.members.emplace_back();
  member.reaction = id;
  kind.law = reaction.law;
  for (const auto& s : reaction.reactants) {
    if (kind.law == Reaction::Law::mass_action) kind.orders.push_back({at(s.species), double(s.coefficient)});
    add_term(kind.net, at(s.species), -s.coefficient);
  }
  for (const auto& s : reaction.products) add_term(kind.net, at(s.species), s.coefficient);
  std::erase_if(kind.net, [](const Term& t) { return t.coefficient == 0; });
  if (kind.law == Reaction::Law::mass_action) member.constant = reaction.mass_action.k;
  if (kind.law == Reaction::Law::michaelis_menten) {
    const MichaelisMenten& m = reaction.michaelis_menten;
    kind.substrate = at(m.substrate), kind.Km = m.Km;
    member.constant = m.vmax, member.per_copy = m.kcat;
    for (const Inhibitor& i : m.inhibitors) kind.inhibitors.push_back({at(i.species), m.Km / i.Ki});
  }
  if (kind.law == Reaction::Law::hill) {
    const HillRate& h = reaction.hill;
    kind.substrate = at(h.substrate), kind.n = h.n, kind.K_to_n = pinned::pow(h.K, h.n);
    member.constant = h.vmax;
  }
  member.in_region.assign(region_count, 1.0);
  for (std::size_t g = 0; g < reaction.in_region.size() && g < region_count; ++g)
    member.in_region[g] = reaction.in_region[g];
  member.in_reservoirs = reaction.in_reservoirs ? 1 : 0;
  return channel;
}

void add_channel(Channel channel, std::vector<Channel>& channels) {
  for (Channel& known : channels) {
    if (!(known.kind == channel.kind)) continue;
    known.members.push_back(std::move(channel.members.front()));
    return;
  }
  channels.push_back(std::move(channel));
}

void list_changes(Cluster& cluster) {
  const std::size_t channels = cluster.channels.size(), n = cluster.size();
  cluster.losses.resize(n);
  cluster.gains.resize(n);
  for (std::size_t r = 0; r < channels; ++r) {
    for (const Term& term : cluster.channels[r].kind.net) {
      auto& list = term.coefficient < 0 ? cluster.losses : cluster.gains;
      list[term.species].push_back({static_cast<std::uint32_t>(r), std::abs(term.coefficient)});
    }
  }
  for (std::size_t s = 0; s < n; ++s) {
    cluster.losses[s].push_back({static_cast<std::uint32_t>(channels + s), 1.0});
    cluster.losses[s].push_back({static_cast<std::uint32_t>(channels + n + s), 1.0});
  }
}

/// Rate per factor.
double shape(const Channel::Kind& kind, const double* c) {
  const double s = c[kind.substrate];
  if (kind.law == Reaction::Law::hill) {
    const double p = rate_power(s, kind.n);
    return p / (kind.K_to_n + p);
  }
  if (kind.law == Reaction::Law::michaelis_menten) {
    double v = kind.Km + s;
    for (const Term& i : kind.inhibitors) v += i.coefficient * c[i.species];
    return s / v;
  }
  double product = 1;
  for (const Term& term : kind.orders) product *= rate_power(c[term.species], term.coefficient);
  return product;
}

double mass_action_derivative(const Channel::Kind& r, double factor, const double* c, std::size_t by) {
  double derivative = factor;
  for (std::size_t t = 0; t < r.orders.size(); ++t) {
    const double order = r.orders[t].coefficient, s = c[r.orders[t].species];
    derivative *= t != by ? rate_power(s, order) : order == 1 ? 1.0 : order * rate_power(s, order - 1);
  }
  return derivative;
}

}  // namespace

std::vector<Cluster> make_clusters(const Chemistry& chemistry, std::span<const Species> species,
                                   std::size_t region_count) {
  const std::vector<std::size_t> root = cluster_roots(chemistry, species.size());
  std::vector<int> local(species.size()), cluster_of(species.size(), -1);
  std::vector<Cluster> clusters;
  for (std::size_t s = 0; s < species.size(); ++s) {
    if (root[s] == s) {
      cluster_of[s] = static_cast<int>(clusters.size());
      clusters.emplace_back();
    }
    Cluster& cluster = clusters[cluster_of[root[s]]];
    local[s] = static_cast<int>(cluster.size());
    cluster.species.push_back(static_cast<SpeciesId>(s));
    cluster.carried.push_back(species[s].diffuses());
    cluster.decay.push_back(species[s].diffuses() ? 0.0 : species[s].decay);
  }
  for (std::size_t r = 0; r < chemistry.reactions.size(); ++r) {
    std::size_t member = species.size();
    for_each_species(chemistry.reactions[r], [&](SpeciesId s) { member = index(s); });
    if (member == species.size()) continue;  // involves no species
    add_channel(compile(chemistry.reactions[r], r, local, region_count), clusters[cluster_of[root[member]]].channels);
  }
  std::erase_if(clusters, [](const Cluster& one) { return one.channels.empty() && one.carried.front() != 0; });
  for (Cluster& cluster : clusters) list_changes(cluster);
  return clusters;
}

double rate_power(double s, double n) {
  if (n == 1) return s;
  if (n == 2) return s * s;
  if (n == 3) return s * s * s;
  if (n == 4) return (s * s) * (s * s);
  return s > 0 ? pinned::pow(s, n) : 0.0;
}

void rates(const Cluster& cluster, const LocalConditions& local, const double* c, double* x) {
  const std::size_t channels = cluster.channels.size(), n = cluster.size();
  for (std::size_t r = 0; r < channels; ++r) {
    x[r] = local.factor[r] == 0 ? 0.0 : local.factor[r] * shape(cluster.channels[r].kind, c);
  }
  for (std::size_t s = 0; s < n; ++s) {
    x[channels + s] = local.uptake[s] * c[s] / (1 + local.inverse_uptake_Km[s] * c[s]);
    x[channels + n + s] = cluster.decay[s] * c[s];
  }
}

void change_of(const Cluster& cluster, const double* x, double* change) {
  const std::size_t channels = cluster.channels.size(), n = cluster.size();
  for (std::size_t s = 0; s < n; ++s) change[s] = -(x[channels + s] + x[channels + n + s]);
  for (std::size_t r = 0; r < channels; ++r) {
    for (const Term& term : cluster.channels[r].kind.net) change[term.species] += term.coefficient * x[r];
  }
}

void rate_derivatives(const Cluster& cluster, const LocalConditions& local, const double* c, double* dx) {
  const std::size_t channels = cluster.channels.size(), n = cluster.size();
  std::fill(dx, dx + channels * n, 0.0);
  for (std::size_t r = 0; r < channels; ++r) {
    const Channel::Kind& kind = cluster.channels[r].kind;
    const double factor = local.factor[r], s = c[kind.substrate];
    double* row = dx + r * n;
    if (factor == 0) continue;
    if (kind.law == Reaction::Law::mass_action) {
      for (std::size_t t = 0; t < kind.orders.size(); ++t) {
        row[kind.orders[t].species] += mass_action_derivative(kind, factor, c, t);
      }
    } else if (kind.law == Reaction::Law::michaelis_menten) {
      double denominator = kind.Km + s;
      for (const Term& i : kind.inhibitors) denominator += i.coefficient * c[i.species];
      const double slope = factor / (denominator * denominator);
      row[kind.substrate] += slope * (denominator - s);
      for (const Term& i : kind.inhibitors) row[i.species] -= slope * s * i.coefficient;
    } else {
      const double denominator = kind.K_to_n + rate_power(s, kind.n);
      const double slope = kind.n == 1 ? 1.0 : kind.n * rate_power(s, kind.n - 1);
      row[kind.substrate] += factor * kind.K_to_n * slope / (denominator * denominator);
    }
  }
  for (std::size_t s = 0; s < n; ++s) {
    const double saturation = 1 + local.inverse_uptake_Km[s] * c[s];
    dx[channels * n + s] = local.uptake[s] / (saturation * saturation);
    dx[channels * n + n + s] = cluster.decay[s];
  }
}

}  // namespace interstice
