"""Makes the weights of the learned model from labelled sentences. Not part of the package: needs scikit-learn."""
