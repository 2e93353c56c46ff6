/// @file
/// Every number of a Problem as text, to compare two of them: hexadecimal doubles, so that equal means equal bits.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>

#include "engine/sim/problem.h"

namespace interstice::test {

class ProblemDump {
 public:
  static std::string of(const Problem& p) {
    ProblemDump d;
    d.space(p);
    d.chemistry(p);
    for (const auto& c : p.columns)
      d.line("column {} {} {:a} {} {}", c.name, c.unit, c.initial, c.owner, static_cast<int>(c.at_division));
    for (const auto& t : p.cell_types) d.cell_type(t);
    d.population(p);
    d.vesicles(p);
    for (const auto& l : p.labels) d.label(l);
    for (const auto& m : p.models) d.model(m);
    return d.text_;
  }

 private:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    text_ += fmt::format(format, std::forward<Args>(args)...) + "\n";
  }
  static std::string list(const std::vector<double>& v) {
    std::string s;
    for (const double x : v) s += fmt::format("{:a} ", x);
    return s;
  }

  void space(const Problem& p) {
    line("{} {} {} {} {:a} {:a} {:a} seed {} {}", p.title, p.grid.nx, p.grid.ny, p.grid.nz, p.grid.spacing.x,
         p.grid.spacing.y, p.grid.spacing.z, p.noise.seed(), p.chemotaxis_variant);
    for (std::size_t f = 0; f < 6; ++f)
      line("wall {} {} {}", static_cast<int>(p.walls[f]), index(p.reservoir_of_face[f]), p.reactivity_of_face[f]);
    for (const auto& s : p.schedule.phases)
      line("phase {} {} {} {} {}", s.until, s.transport, s.vesicles, s.cells, s.series);
    for (const auto& r : p.regions.regions)
      line("region {} {:a} {:a} {:a} {:a}", r.name, r.volume_fraction, r.viscosity, r.vesicle_partition,
           r.vesicle_clearance);
    line("{}", fmt::join(p.regions.of_voxel, ""));
    for (const auto& r : p.reservoirs)
      line("reservoir {} {:a} {:a} {:a} {}", r.name, r.volume, r.represents, r.vesicle_clearance,
           list(r.enzyme_copies));
  }

  void label(const Label& l) {
    line("label {} {} {} {:a} {:a} {:a} {:a} {} {:a} {:a} {:a} {:a} {}", l.name, index(l.klass), l.at, l.labelled,
         l.fading, l.loose, l.coming_off, l.in_cargo, l.after_degradation, l.after_release, l.micelles,
         l.micelle_signal, list(l.dosed));
    for (const auto* routes : {&l.micelle_routes, &l.dye_routes}) {
      line("routes {:a} {:a}", routes->loss, routes->uptake);
      for (const auto& way : routes->ways) line("{} -> {} {:a}", way.from, way.to, way.rate);
    }
    for (const auto content : l.content) line("content {}", static_cast<int>(content));
  }

  void chemistry(const Problem& p) {
    for (const auto& s : p.species) {
      line("species {} {} {:a} {} {}", s.name, list(s.diffusivity), s.decay, list(s.initial),
           list(s.reservoir_initial));
      for (const auto& face : s.faces) {
        line("face {}", face.index());
        if (const auto* f = std::get_if<FixedValue>(&face)) line("{:a}", f->concentration);
        if (const auto* f = std::get_if<Permeable>(&face)) line("{:a} {:a}", f->permeability, f->outside);
        if (const auto* f = std::get_if<ToReservoir>(&face)) line("{}", index(f->reservoir));
      }
    }
    line("{}", list(p.clearance_Km));
    for (const auto& s : p.species) line("{} held {}", list(s.initial_field), list(s.held));
    for (const auto& d : p.species_doses)
      line("species dose {} {:a} {} {} {} {}", index(d.species), d.concentration, d.at, d.over, d.in_region,
           d.reservoirs.size());
    for (const auto& r : p.chemistry.reactions) reaction(r);
  }

  void reaction(const Reaction& r) {
    line("reaction {} {} {:a} {:a} {:a} {:a} {:a} {:a} {:a} {} {}", r.name, static_cast<int>(r.law), r.mass_action.k,
         r.michaelis_menten.vmax, r.michaelis_menten.kcat, r.michaelis_menten.Km, r.hill.vmax, r.hill.K, r.hill.n,
         r.enzyme, r.in_region);
    line("runs {:a} {:a} {:a}", r.timing.from, r.timing.until, r.timing.half_life);
    for (const auto& s : r.reactants) line("- {} {}", index(s.species), s.coefficient);
    for (const auto& s : r.products) line("+ {} {}", index(s.species), s.coefficient);
    for (const auto& i : r.michaelis_menten.inhibitors) line("i {} {:a}", index(i.species), i.Ki);
  }

  void cell_type(const CellType& t) {
    line("type {} {:a} {} {} {:a} {:a}", t.name, t.radius, t.mobile, t.initial_state, t.contact.adsorption,
         t.contact.sites_per_area);
    for (const auto& s : t.states) state(s);
    for (const auto& c : t.columns)
      line("drives {} {} {:a} {:a} | {} | {}", index(c.column), static_cast<int>(c.initial.kind), c.initial.a,
           c.initial.b, c.gain.text(), c.loss.text());
    line("walks {} {:a} {:a} {}", t.motility.speed.text(), t.motility.persistence, t.motility.max_bias,
         t.motility.gain.text());
    for (const auto& s : t.motility.signals) line("toward {} {:a} {:a}", index(s.species), s.Kd, s.weight);
    for (const auto& u : t.uptake) line("uptake {} {:a}", index(u.species), u.clearance);
    for (const auto& e : t.enzymes) line("enzyme {} {:a} {}", e.protein, e.copies, e.formula.text());
    for (const auto& g : t.gatherings) line("gathers {} {} {}", static_cast<int>(g.from), g.type, g.offer.text());
    line("settles {:a}, responds {}", t.motility.settling, t.responds_to_evs);
    for (const auto& r : t.reporters)
      line("reporter {} {} {:a} {:a} {}", r.name, r.value.text(), r.range, r.delay, r.receptor);
  }

  void state(const CellState& s) {
    line("state {} {} {} {} {}", s.name, s.then, s.removed, s.duration.has_value(),
         s.becomes ? static_cast<int>(index(*s.becomes)) : -1);
    if (s.duration) line("lasts {} {:a} {:a}", static_cast<int>(s.duration->kind), s.duration->a, s.duration->b);
    for (const auto& x : s.secretions) line("secretes {} {}", index(x.species), x.rate.text());
    for (const auto& x : s.spills) line("spills {} {:a}", index(x.species), x.amount);
    line("loses_rest {} injurable {}", s.loses_rest, s.injurable);
    for (const auto& x : s.transitions)
      line("to {} | {} | {} | {}", x.target, x.hazard.text(), x.when.text(), x.divides);
  }

  void population(const Problem& p) {
    for (const auto& c : p.placements) {
      line("place {} {} {} {} {}", index(c.type), c.count, c.in_region, list(c.given.radius), list(c.given.values));
      for (const Vec3& at : c.given.position) line("{:a} {:a} {:a}", at.x, at.y, at.z);
    }
    for (const auto& i : p.injuries)
      line("injury {} {} {} {} {:a} {}", index(i.type), i.to_state, i.count_at_start,
           i.near ? static_cast<int>(index(*i.near)) : -1, i.hazard, i.in_region);
  }

  void vesicles(const Problem& p) {
    line("{}", p.proteins);
    for (const auto& v : p.vesicle_classes) {
      line("class {} {:a} {:a} {:a} {:a} {} {:a} {:a} {:a} {:a} {:a} {:a} {:a} {}", v.name, v.median_diameter,
           v.geometric_sd, v.temperature, v.water_viscosity, v.weight, v.enzyme_half_life, v.desorption,
           v.internalisation, v.endosome_exit, v.released_fraction, v.recycled_fraction, v.fusogen_uptake, v.counted);
      for (const auto& l : v.proteins)
        line("load {} {:a} {:a} {:a}", index(l.protein), l.mean, l.positive_fraction, l.sigma);
    }
    for (const auto& d : p.doses) {
      line("dose {} {:a} {}", index(d.klass), d.density, d.in_region);
      for (const auto r : d.reservoirs) line("into {}", index(r));
    }
  }

  void model(const ActiveModel& m) {
    line("model {} {} {} {} {:a}", m.name, m.version, m.origin, m.sha256, m.delay);
    for (const auto c : m.columns) line("c {}", index(c));
    for (const auto s : m.fields) line("f {}", index(s));
    for (const auto q : m.proteins) line("p {}", index(q));
    for (const auto r : m.reactions) line("r {}", index(r));
  }

  std::string text_;
};

}  // namespace interstice::test
