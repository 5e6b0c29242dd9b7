"""What a row of the data is: the one place that names its columns and classes."""

LABEL = "species"
FEATURES = ("sepal_length", "sepal_width", "petal_length", "petal_width")
CLASSES = ("setosa", "versicolor", "virginica")

# Rows of each class below which neither training nor a judgement on it means anything.
LEAST_ROWS_OF_A_CLASS = 10
