namespace Fast.Tokenizer.Datasets.Hdf5;

/// <summary>The values of a data set of one or two axes.</summary>
/// <param name="Values">Row-major <c>[steps, dimensions]</c>.</param>
/// <param name="Steps">The first axis.</param>
/// <param name="Dimensions">The second axis; 1 where there is none.</param>
internal readonly record struct Hdf5Matrix(double[] Values, int Steps, int Dimensions);
