def fields(kernels, strides):
    """Receptive field after each layer, in pixels: two lists of length n -> n whole numbers."""
    seen, apart, found = 1, 1, []
    for kernel, stride in zip(kernels, strides, strict=True):
        seen += (kernel - 1) * apart
        apart *= stride
        found.append(seen)
    return found
