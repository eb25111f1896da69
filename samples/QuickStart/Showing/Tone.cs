namespace QuickStart.Showing;

/// <summary>How a piece of text is meant.</summary>
internal enum Tone
{
    Plain,
    Strong,
    Quiet,
    Good,
    Bad,
}
