// Drawing QR codes.
export { default as encodeQr } from 'qr';
