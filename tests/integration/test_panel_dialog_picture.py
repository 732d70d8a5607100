"""The dialog's first-frame image, in a real browser: given, taken from a frame, and painted on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from panel_dialog import MORE, PICTURE_ID, Dialog, a_dialog, dialog_page, width_of
from panel_pieces import HOUR, clip_id
from panel_stage import a_still

PICTURE = a_still("x", "original", 0, 72)
DROP = """(node, bytes) => {
  const carried = new DataTransfer();
  carried.items.add(new File([new Uint8Array(bytes)], "frame.png", { type: "image/png" }));
  const how = { bubbles: true, cancelable: true };
  node.dispatchEvent(new DragEvent("drop", { ...how, dataTransfer: carried }));
}"""
PASTE = (
    DROP.replace("DragEvent", "ClipboardEvent")
    .replace("drop", "paste")
    .replace("dataTransfer:", "clipboardData:")
)


@pytest.fixture(scope="module")
def page(require_program: Callable[[str], str]) -> Iterator[Page]:
    with dialog_page(require_program) as page:
        yield page


@pytest.fixture
def dialog(page: Page) -> Iterator[Dialog]:
    with a_dialog(page) as shown:
        yield shown


@pytest.mark.parametrize("way", [DROP, PASTE], ids=["dropped", "pasted"])
def test_a_picture_is_taken_over_and_forbids_handles(dialog: Dialog, way: str) -> None:
    page = dialog.page
    said = "Sends 1 plate and the first-frame image shown here to the service."
    dialog.next_plan = {"sentence": said}
    dialog.open(clips=["k1", "k2"])
    dialog.prompt.fill("noir")
    dialog.prompt.evaluate(way, list(PICTURE))
    frame = page.get_by_role("group", name="First-frame image")
    expect(frame).to_contain_text("128 × 72")
    expect(frame).to_contain_text("the first frame of each of the 2 edits")
    assert dialog.stage.of("first_frame") == [PICTURE]
    dialog.planned()
    assert dialog.asked["first_frame"] == PICTURE_ID
    expect(page.locator("#restyle-sentence")).to_have_text(
        "Sends 1 plate and the first-frame image (128 × 72) to the service."
    )
    page.get_by_text(MORE).click()
    expect(page.get_by_label("Handles, frames on each side")).to_be_disabled()
    expect(page.locator(".more")).to_contain_text("Handles and a first-frame image exclude")
    frame.get_by_role("button", name="Remove").click()
    expect(page.get_by_label("Handles, frames on each side")).to_be_enabled()
    dialog.planned()
    assert dialog.asked["first_frame"] is None


def test_a_file_that_is_no_picture_is_refused_before_it_is_sent(dialog: Dialog) -> None:
    dialog.open(clips=["k1"])
    dialog.page.locator("#restyle-picture-file").set_input_files(
        {"name": "a.tif", "mimeType": "image/tiff", "buffer": b"II*"}
    )
    expect(dialog.page.get_by_role("group", name="First-frame image")).to_contain_text(
        "A first frame is a PNG, JPEG or WEBP picture; this is image/tiff."
    )
    assert dialog.stage.of("first_frame") == []


def test_the_frame_under_the_playhead_is_painted_on_at_full_size(
    dialog: Dialog, tmp_path: Path
) -> None:
    page = dialog.page
    dialog.open(clips=["k2"])
    take = page.get_by_role("button", name="Frame under the playhead")
    expect(take).to_be_disabled()
    page.evaluate(f"store.set('playhead', {HOUR + 100})")
    expect(page.get_by_text("the playhead is 4 frames in")).to_be_visible()
    page.route(
        f"**/media/picture/{clip_id('k2')}/original/r{HOUR + 100}.png*",
        lambda route: route.fulfill(
            body=a_still("x", "original", 0, 288), content_type="image/png"
        ),
    )
    take.click()
    frame = page.get_by_role("group", name="First-frame image")
    expect(frame).to_contain_text("A001_C002 01:00:04:04")
    with page.expect_download() as saved:
        frame.get_by_role("button", name="Save as file…").click()
    assert saved.value.suggested_filename == "A001_C002 01_00_04_04.png"
    saved.value.save_as(tmp_path / "frame.png")
    assert (tmp_path / "frame.png").read_bytes() == a_still("x", "original", 0, 288)

    frame.get_by_role("button", name="Paint on it…").click()
    canvas = page.locator("#paint canvas")
    assert canvas.evaluate("node => [node.width, node.height]") == [512, 288]
    pixel = "node => [...node.getContext('2d').getImageData(256, 144, 1, 1).data]"
    below = canvas.evaluate(pixel)
    box = canvas.bounding_box()
    assert box is not None
    across, down = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.get_by_label("Colour").fill("#ff0000")
    page.mouse.move(across - 60, down)
    page.mouse.down()
    page.mouse.move(across + 60, down, steps=6)
    page.mouse.up()
    assert canvas.evaluate(pixel) == [255, 0, 0, 255]
    page.keyboard.press("Control+z")
    assert canvas.evaluate(pixel) == below
    page.keyboard.press("Control+Shift+Z")
    assert canvas.evaluate(pixel) == [255, 0, 0, 255]
    page.keyboard.press("e")
    page.mouse.click(across, down)
    assert canvas.evaluate(pixel) == below
    # By keys: from the middle, down and up again.
    page.keyboard.press("b")
    canvas.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert canvas.evaluate(pixel) == [255, 0, 0, 255]
    page.keyboard.press("Escape")
    expect(page.locator("#paint")).to_contain_text("What you painted would be lost.")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Use this picture").click()
    expect(frame).to_contain_text("painted on")
    first, painted = dialog.stage.of("first_frame")
    assert first == a_still("x", "original", 0, 288)
    assert width_of(painted) == 512

    page.keyboard.press("Escape")
    expect(page.locator("dialog#restyle")).to_contain_text("painted would be lost")
    expect(page.get_by_role("button", name="Go on")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#restyle")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Close", exact=True).last.click()
    expect(page.locator("dialog#restyle")).to_be_hidden()
