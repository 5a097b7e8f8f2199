"""A PSBT gets to a device and back: as a file, as text, and as QR codes that other people's programs made."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from custody.bitcoin.psbts import psbt_of
from tests.browser.keys.scene import planned
from tests.browser.keys.test_the_same_keys_as_elsewhere import with_base
from tests.browser.market.modules import ask

pytestmark = pytest.mark.long
FOREIGN: dict[str, Any] = json.loads((Path(__file__).parent / "foreign_codes.json").read_text())
PSBT = psbt_of(planned(coins=3))
_COLLECTED = """async ({PsbtCollector, base}, texts) => {
  const {bytesOf} = await import(base + "psbt_file.js");
  const collector = new PsbtCollector();
  for (const text of texts) {
    const found = await collector.take(text);
    if (found) return [...bytesOf(found)].map(one => one.toString(16).padStart(2, "0")).join("");
  }
  return null;
}"""


def collected(page: Page, texts: list[str]) -> Any:
    return ask(page, "keys/qr_scan.js", with_base(_COLLECTED), texts)


@pytest.mark.parametrize("coding", ["H", "2", "Z"])
def test_bbqr_of_another_program_is_read_in_any_order_and_twice(modules: Page, coding: str) -> None:
    frames = FOREIGN["bbqr"][coding]
    assert collected(modules, [frames[-1], *frames[::-1]]) == FOREIGN["hex"]
    assert collected(modules, frames[:-1]) is None


def test_ur_of_another_program_is_read_from_mixed_parts_alone(modules: Page) -> None:
    parts = FOREIGN["ur_mixed"]
    assert collected(modules, parts) == FOREIGN["hex"]
    assert collected(modules, [one.upper() for one in parts[::-1]]) == FOREIGN["hex"]
    assert collected(modules, parts[:3]) is None


def test_ur_of_one_part_is_read(modules: Page) -> None:
    assert collected(modules, [FOREIGN["ur_single"]]) == FOREIGN["hex"][:120]


@pytest.mark.parametrize(
    "text", ["", "hello", "ur:crypto-psbt/aeae", "B$2P0100", "ur:crypto-psbt/1-2/aeadlpad", "B$ZP0100AAAA"]
)
def test_other_codes_are_passed_over(modules: Page, text: str) -> None:
    body = _COLLECTED.replace("await collector.take(text)", "await collector.take(text).catch(() => null)")
    assert ask(modules, "keys/qr_scan.js", with_base(body), [text]) is None


@pytest.mark.parametrize("kind", ["bbqr.js:bbqrFrames", "ur.js:urFrames"])
def test_what_is_drawn_is_seen_again(modules: Page, kind: str) -> None:
    """Each code as its picture, through the reader that the camera has."""
    module, name = kind.split(":")
    body = f"""async ({{PsbtCollector, base}}, psbt) => {{
      const {{{name}: frames}} = await import(base + "{module}");
      const {{bytesOf}} = await import(base + "psbt_file.js");
      const {{qrRow}} = await import(base + "qr_show.js");
      const {{decodeQr}} = await import(base + "../../vendor/qr_scan.js");
      const collector = new PsbtCollector();
      let found = null;
      for (const frame of frames(bytesOf(psbt))) {{
        const {{node, end}} = qrRow([frame], "a code");
        const small = node.querySelector("canvas");
        const size = small.width * 6;
        const large = new OffscreenCanvas(size, size).getContext("2d");
        large.imageSmoothingEnabled = false;
        large.drawImage(small, 0, 0, size, size);
        end();
        const {{data}} = large.getImageData(0, 0, size, size);
        found = await collector.take(decodeQr({{data, width: size, height: size}}));
      }}
      return found;
    }}"""
    assert ask(modules, "keys/qr_scan.js", with_base(body), PSBT) == PSBT


def test_a_file_may_be_binary_base64_or_hex(modules: Page) -> None:
    body = """({psbtOfBytes, psbtOfText, bytesOf}, psbt) => {
      const bytes = bytesOf(psbt);
      const hex = [...bytes].map(one => one.toString(16).padStart(2, "0")).join("");
      const text = new TextEncoder();
      const wrapped = psbt.replace(/(.{64})/g, "$1\\r\\n") + "\\n";
      const hexes = [hex, hex.toUpperCase()].map(psbtOfText);
      return [psbtOfBytes(bytes), psbtOfBytes(text.encode(wrapped)), ...hexes];
    }"""
    assert ask(modules, "keys/psbt_file.js", body, PSBT) == [PSBT] * 4


@pytest.mark.parametrize("text", ["", "cHNidA==", "zz", "{}", "70736274", "cHNidP8" * 1_000_000])
def test_what_is_no_psbt_is_said_to_be_none(modules: Page, text: str) -> None:
    body = """({psbtOfText}, text) => {
      try { psbtOfText(text); return "" } catch (error) { return error.message }
    }"""
    said = ask(modules, "keys/psbt_file.js", body, text)
    assert "no PSBT" in said or "too long" in said
