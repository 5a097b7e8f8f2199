// Reads a row of QR codes by the camera until a whole PSBT is there. Pictures never leave the page.
import { el, setText } from "../lib/dom.js";
import { BbqrReader } from "./bbqr.js";
import { psbtOfBytes, psbtOfText } from "./psbt_file.js";
import { UrReader } from "./ur.js";

const LOOK_MS = 80;
const WIDE = 900; // pixels: enough for any code that fills half of the picture

/** The camera cannot be had; `message` says why in plain words. */
export class NoCamera extends Error {}

/** Takes what codes say, of whichever kind they are. */
export class PsbtCollector {
  #bbqr = new BbqrReader();
  #ur = new UrReader();

  /** @param {string} text of a code @returns {Promise<string|null>} the PSBT in base64, once it is whole */
  async take(text) {
    if (this.#bbqr.take(text)) return base64Of(await this.#bbqr.result());
    if (this.#ur.take(text)) return base64Of(this.#ur.result());
    try {
      return psbtOfText(text);
    } catch {
      return null;
    }
  }

  get progress() {
    return Math.max(this.#bbqr.progress, this.#ur.progress);
  }
}

const base64Of = (bytes) => (bytes ? psbtOfBytes(bytes) : null);

/** @returns {boolean} whether this page may ask for a camera at all */
export const hasCamera = () => Boolean(navigator.mediaDevices?.getUserMedia);

/**
 * Shows what the camera sees in `place` and gives the PSBT. Raises NoCamera.
 * @param {HTMLElement} place
 * @param {AbortSignal} signal ends it
 * @returns {Promise<string|null>} base64; null where it was ended
 */
export async function scanPsbt(place, signal) {
  const stream = await cameraStream();
  const video = el("video", { class: "camera", muted: true, "aria-label": "What the camera sees" });
  video.playsInline = true;
  const words = el("p", { class: "soft small", role: "status" }, "Hold the device's code in front of the camera.");
  place.replaceChildren(video, words);
  video.srcObject = stream;
  try {
    await video.play();
    const { decodeQr } = await import("../../vendor/qr_scan.js");
    return await collect(video, decodeQr, words, signal);
  } finally {
    stream.getTracks().forEach((track) => track.stop());
    place.replaceChildren();
  }
}

async function cameraStream() {
  if (!hasCamera()) throw new NoCamera("This browser gives pages no camera here. Use a file or text instead.");
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  } catch (error) {
    const reasons = {
      NotAllowedError: "The browser was told not to give this page the camera. Allow it in the address bar, or use a file.",
      NotFoundError: "There is no camera on this device. Use a file or text instead.",
      NotReadableError: "Another program uses the camera. Close it, or use a file.",
    };
    throw new NoCamera(reasons[error.name] ?? "The camera cannot be used. Use a file or text instead.");
  }
}

async function collect(video, decodeQr, words, signal) {
  const collector = new PsbtCollector();
  const canvas = document.createElement("canvas");
  while (!signal.aborted) {
    const text = seen(video, canvas, decodeQr);
    const psbt = text && (await collector.take(text));
    if (psbt) return psbt;
    if (collector.progress) setText(words, `${Math.floor(collector.progress * 100)} % read. Keep it there.`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return null;
}

function seen(video, canvas, decodeQr) {
  if (!video.videoWidth) return "";
  const scale = Math.min(1, WIDE / video.videoWidth);
  canvas.width = Math.floor(video.videoWidth * scale);
  canvas.height = Math.floor(video.videoHeight * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
  try {
    return decodeQr({ data, width, height });
  } catch {
    return "";
  }
}
