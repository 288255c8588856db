"""Ops without a counterpart in NumPy: name, op, inputs, keywords, which inputs have gradients to compare."""

import numpy as np

RNG = np.random.default_rng(7)


def real(*shape):
    return RNG.normal(size=shape).astype("float32")


def smooth_sum(leaves, ops):
    """A number that every floating result takes part in."""
    return sum(ops.sum(x * np.cos(np.arange(int(np.prod(x.shape)))).reshape(x.shape).astype("float32"))
               for x in leaves if str(x.dtype) == "float32")  # fmt: skip


SIGNAL, QUERY, KEY = real(2, 40), real(2, 3, 4, 5), real(2, 6, 4, 5)
LABELS = np.array([[1, 2, 2, 0], [3, 1, 0, 0], [1, 1, 1, 1]], "int32")
LOGITS = real(3, 9, 5)
COLUMNS = real(2, 12, 9)
VISIBLE = RNG.random((2, 1, 3, 6)) > 0.4

CASES = {
    "stft": ("stft", [SIGNAL], {"sequence_length": 8, "sequence_stride": 3, "fft_length": 10}, [0]),
    "stft_plain": ("stft", [SIGNAL], {"sequence_length": 8, "sequence_stride": 4, "fft_length": 8, "center": False,
                                      "window": None}, []),
    "istft": ("istft", [(real(2, 7, 6), real(2, 7, 6))], {"sequence_length": 8, "sequence_stride": 3,
                                                          "fft_length": 10}, []),
    "istft_length": ("istft", [(real(2, 7, 5), real(2, 7, 5))], {"sequence_length": 8, "sequence_stride": 4,
                                                                 "fft_length": 8, "length": 20,
                                                                 "window": "hamming"}, []),
    "ctc_loss": ("ctc_loss", [LABELS, LOGITS, np.array([3, 2, 4]), np.array([9, 7, 9])], {}, [1]),
    "ctc_greedy": ("ctc_decode", [LOGITS, np.array([9, 7, 5])], {}, []),
    "ctc_greedy_last": ("ctc_decode", [LOGITS, np.array([9, 7, 5])], {"mask_index": 4, "merge_repeated": False}, []),
    "ctc_beams": ("ctc_decode", [LOGITS, np.array([9, 7, 5])], {"strategy": "beam_search", "beam_width": 20,
                                                                "top_paths": 3}, []),
    "unfold": ("unfold", [real(2, 3, 6, 5)], {"kernel_size": (2, 3), "stride": 2, "padding": 1}, [0]),
    "unfold_dilated": ("unfold", [real(2, 3, 6, 5)], {"kernel_size": 2, "dilation": (2, 1)}, []),
    "fold": ("fold", [COLUMNS], {"output_size": (4, 4), "kernel_size": 2}, [0]),
    "space_to_depth": ("space_to_depth", [real(2, 4, 6, 3)], {"block_size": 2}, []),
    "space_to_depth_first": ("space_to_depth", [real(2, 3, 4, 6)], {"block_size": 2,
                                                                    "data_format": "channels_first"}, []),
    "depth_to_space_first": ("depth_to_space", [real(2, 12, 2, 3)], {"block_size": 2,
                                                                     "data_format": "channels_first"}, []),
    "attention_bias": ("dot_product_attention", [QUERY, KEY, KEY], {"bias": real(1, 4, 3, 6), "mask": VISIBLE,
                                                                    "scale": 0.3}, [0, 1, 2]),
    "attention_groups": ("dot_product_attention", [QUERY, KEY[:, :, :2].copy(), KEY[:, :, 2:].copy()],
                         {"is_causal": True}, [0, 1, 2]),
    "layer_normalization": ("layer_normalization", [real(3, 4, 5), real(4, 5), real(4, 5)], {"axis": [1, 2]},
                            [0, 1, 2]),
    "rms_normalization": ("rms_normalization", [real(3, 4, 5), real(5)], {}, [0, 1]),
    "logdet": ("logdet", [np.eye(3, dtype="float32") * 2 + 0.1], {}, [0]),
    "lu_factor": ("lu_factor", [real(4, 4)], {}, []),
    "extract_sequences": ("extract_sequences", [SIGNAL], {"sequence_length": 6, "sequence_stride": 4}, [0]),
    "segment_max_empty": ("segment_max", [real(4, 2), np.array([0, 2, 0, 2])], {"num_segments": 4}, []),
    "cholesky": ("cholesky", [np.array([[4.0, 1.0], [1.0, 3.0]], "float32")], {}, [0]),
    "eigh": ("eigh", [np.array([[4.0, 1.0, 0.2], [1.0, 3.0, 0.1], [0.2, 0.1, 1.0]], "float32")], {}, []),
    "rearrange": ("rearrange", [real(2, 12, 3), "b (h w) c -> b c h w"], {"h": 3}, []),
    "multi_hot": ("multi_hot", [np.array([[1, 3], [0, 0]])], {"num_classes": 5}, []),
}  # fmt: skip
