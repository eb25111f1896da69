namespace Larder.Tests.Sealing;

/// <summary>A value in the stored samples. Its full name is part of them, so it can not be renamed.</summary>
internal sealed record Parcel(int Number, string Place, string[] Lines);
