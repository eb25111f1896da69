namespace Larder.Architecture.Tests.Faces;

/// <summary>A signature and the name that it is sorted by: the signature without its modifiers.</summary>
internal readonly record struct FaceLine(string Modifiers, string Name)
{
    public string Text => Modifiers + Name;
}
