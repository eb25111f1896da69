namespace QuickStart.Scenes;

/// <summary>One scene of the tour: something that a cache should do, done before the reader's eyes.</summary>
internal interface IScene
{
    /// <summary>A few words.</summary>
    string Title { get; }

    /// <summary>What is to be seen, in one sentence.</summary>
    string ToBeSeen { get; }

    /// <summary>Does it, shows what happened, and checks that it is what was promised.</summary>
    Task PlayAsync(Stage stage);
}
