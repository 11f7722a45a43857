"""`python -m search report`: the study's report as HTML or Markdown."""

from pathlib import Path

import click

from search.cli.options import study_options


@click.command(short_help="Write the study as one page that needs nothing else.")
@study_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The page.  [default: report.html in the study's folder]",
)
@click.option("--markdown", is_flag=True, help="Also a summary in Markdown, beside the page.")
def report(
    study: str, studies: Path, storage: str | None, out: Path | None, markdown: bool
) -> None:
    """Write the study as one page that needs nothing else: it works offline and prints.

    The answer first, then what it rests on: layers, curves, all candidates, confirmation,
    drill-down and how it was run. What is not there yet is named with the command that makes it.
    The test images stay closed.
    """
    from search.reporting.markup import write
    from search.reporting.page import report_html
    from search.reporting.pictures import ensure_samples
    from search.reporting.report_data import gather_report_data
    from search.study.study import load

    opened = load(study, studies, storage)
    opened.best()
    if left := ensure_samples(opened):
        click.echo(left)
    found = gather_report_data(opened)
    path = out or opened.folder / "report.html"
    write(report_html(found), path)
    click.echo(f"wrote {path}, {path.stat().st_size:,} bytes")
    if markdown:
        from search.reporting.markdown import SIGN, markdown_report

        beside = path.with_suffix(".md")
        write(markdown_report(found), beside, SIGN)
        click.echo(f"wrote {beside}, {beside.stat().st_size:,} bytes")
