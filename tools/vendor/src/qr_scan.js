// Reading QR codes: from a picture, and from a camera.
export { default as decodeQr } from 'qr/decode.js';
export { frameLoop, getSize, QRCamera, QRCanvas } from 'qr/dom.js';
