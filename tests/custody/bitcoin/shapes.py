"""Transactions that hypothesis makes up."""

from hypothesis import strategies as st

from custody.bitcoin.transactions import MAX_SATS
from custody.bitcoin.types import OutPoint, Tx, TxIn, TxOut

blobs = st.binary(max_size=300)
outpoints = st.builds(
    OutPoint, st.binary(min_size=32, max_size=32).map(bytes.hex), st.integers(0, 0xFFFFFFFF)
)
witnesses = st.lists(blobs, max_size=4).map(tuple)
inputs = st.builds(TxIn, outpoints, st.integers(0, 0xFFFFFFFF), blobs, witnesses)
outputs = st.builds(TxOut, st.integers(0, MAX_SATS), blobs)
transactions = st.builds(
    Tx,
    st.integers(-(2**31), 2**31 - 1),
    st.lists(inputs, min_size=1, max_size=5).map(tuple),
    st.lists(outputs, min_size=1, max_size=5).map(tuple),
    st.integers(0, 0xFFFFFFFF),
)
