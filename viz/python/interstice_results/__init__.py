"""Results of Interstice as pandas tables and xarray arrays with units.

    import interstice_results as results

    run = results.Run("out/rat_knee")
    run.series["mean.film.adenosine"].plot()

A directory may be read while the program still writes into it: what is whole is there.
"""

from .comparison import Comparison
from .run import Run
from .study import Study

__all__ = ["Comparison", "Run", "Study"]
