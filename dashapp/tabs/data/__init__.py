"""Data sets: the list, the upload, and a data set's rows and columns."""

from dashapp.tabs.data import callbacks, dataset_page, list_page, upload_page
from dashapp.tabs.registry import Page, Tab

TAB = Tab(
    "data",
    "Data sets",
    (
        Page("/data", list_page.layout, "Data sets"),
        Page("/data/new", upload_page.layout, "Upload data", makes=True),
        Page("/data/<dataset_id>/samples", dataset_page.samples_layout, "Samples"),
        Page("/data/<dataset_id>/columns", dataset_page.columns_layout, "Columns"),
    ),
    callbacks.register,
    icon="database",
    for_officers=False,
)
