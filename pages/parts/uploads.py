"""Files out of Streamlit's hands: it would keep each one for as long as its visitor has the page open."""

from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile


def is_here(file: object) -> bool:
    """Whether it is a file that was not taken before: the run of a fragment gives it to its widget once more."""
    return isinstance(file, UploadedFile)


def take(file: UploadedFile) -> bytes:
    """The file's content, which the server forgets; its widget must not be drawn with it again."""
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(session_id=context.session_id, file_id=file.file_id)
    return file.getvalue()
