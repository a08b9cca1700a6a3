"""Lloyd's algorithm in passes over chunks of data."""

from collections.abc import Iterable, Iterator

from ..checks import check_not_negative
from ..codebook import Codebook, check_codebook
from .chunks import Chunk, check_chunks, for_many_tasks, on_chunk, results_of, together
from .totals import Totals, in_steps, next_codebook, sum_of_totals, totals_of


def lloyd_in_chunks(
    chunks: Iterable[Chunk], start: Codebook, *, tolerance: float = 1e-4
) -> Iterator[tuple[Codebook, float]]:
    """Lloyd's algorithm over data that need not fit into memory, one pass at a time.

    Gives two things for each pass: a codebook, and its distortion (mean squared error per
    component) on all samples. First comes `start` itself, then the codebook of the centroids of its
    regions, and so on; it ends when a pass lowers the distortion by less than `tolerance` of it. A
    codebook given is a checkpoint: started from it, the passes go on. A code vector whose region is
    empty goes to the sample with the largest error, one in each pass. Worked out in notebook
    12_scaling.

    Of bytes (uint8) the code vectors, `start` too, are rounded to steps of 1/512. Every product,
    sum and comparison is then of whole numbers that double precision holds exactly, and the results
    are the same to the last bit, however the data are cut into chunks and whatever works on them:
    threads, processes, machines. Other types give the same for the same chunks, but another cut may
    change the last digits.

    Dask does the work: its threads in this process or, where a `distributed.Client` is active, that
    one's workers, which need vqlib, too.

    Parameters
    ----------
    chunks : list of functions, arrays or Delayed
        The data in parts, each of shape (n, k) or, for scalars, (n,), some perhaps without rows. A
        function without arguments loads its part inside the task, so that only as many are in
        memory as there are tasks at work. An array travels with its task. A Delayed is what Dask
        makes of its own arrays: `list(array.to_delayed().ravel())`. For workers a function or an
        array must be one that can be pickled.
    start : Codebook
        Where to begin: best trained by `vqlib.design.lloyd` on `sample_rows`. It goes to each
        worker once a pass; beyond 10 MB `distributed` warns of a large graph. A worker holds the
        totals of up to eight chunks at once, each as large as it.
    tolerance : float
        0 goes on until the distortion no longer falls.

    Raises
    ------
    ValueError
        If there is no sample, some are bytes and others not, or something else is wrong with an
        argument. If samples are not finite numbers of the shape of the code vectors, or a function
        fails, it says which chunk that was. What fails inside a Delayed keeps its own error.
    """
    parts = check_chunks(chunks)
    codebook = check_codebook(start, "start")
    least_gain = check_not_negative(tolerance, "tolerance")
    previous = None
    while True:
        total = _total(parts, codebook)
        if total.are_of_bytes:
            codebook = in_steps(codebook)
        yield codebook, total.distortion
        if previous is not None and previous - total.distortion <= least_gain * previous:
            return
        previous = total.distortion
        codebook = next_codebook(total, codebook)


def _total(chunks: list[Chunk], codebook: Codebook) -> Totals:
    shared = for_many_tasks(codebook)
    dimension = codebook.dimension
    tasks = []
    for number, chunk in enumerate(chunks):
        tasks.append(on_chunk(number, chunk, totals_of, shared, dimension=dimension))
    total: Totals
    (total,) = results_of([together(tasks, sum_of_totals)])
    if not total.counts.any():
        raise ValueError("chunks must hold one or more samples, got none")
    return total
